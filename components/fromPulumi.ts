import * as pulumi from "@pulumi/pulumi";
import type { Composed } from "../compose/fromCompose";
import type { Settings } from "../model/Settings";
import { startsWith } from "../settings/ConfigPath";
import { fieldsOf } from "../settings/fields";
import { type Problem, renderProblems } from "../settings/Problem";
import { checkSettings, type RawConfig } from "../settings/parse";
import { environmentForOthers } from "../text/environment";
import { holdsSecret } from "./certificateFiles";
import { withNamedFiles } from "./namedFiles";

const namespace = "relink:";

/** Keys whose values are secrets. */
const secretSections = ["secrets", "registries", "certificates", "users"] as const;

/** All problems of the stack config. Pulumi prints the message of a RunError without a stack trace. */
export class SettingsError extends pulumi.RunError {
    constructor(
        readonly problems: readonly Problem[],
        stack: string,
    ) {
        super(renderProblems(problems, stack));
        this.name = "SettingsError";
    }
}

/**
 * Reads and parses the config of the current stack. Secret values come out plain. Code that passes them on to Pulumi has to
 * mark them with `pulumi.secret` again.
 *
 * @throws SettingsError that lists every problem, before anything has changed
 */
export async function readSettings(): Promise<Settings> {
    const stack = pulumi.getStack();
    const raw = decode(pulumi.runtime.allConfig());
    const files = withNamedFiles(raw, process.cwd());
    const composed = await withCompose(files.raw);
    const { settings, problems = [] } = checkSettings(composed.raw, { project: pulumi.getProject(), stack });
    // The schema would also say that a certificate is not a text whose file cannot be read. One problem is enough.
    const unread = files.problems.filter(({ path }) => path[0] === "certificates");
    const others = problems.filter(({ path }) => !unread.some(problem => startsWith(problem.path, path)));
    const all = [...files.problems, ...composed.problems, ...composed.locate(others)];
    if (settings === undefined || all.length > 0) {
        throw new SettingsError(all, stack);
    }
    warnOfPlainSecrets(raw);
    warnOfEmptyPassphrase(raw, composed.raw);
    for (const warning of composed.warnings) {
        pulumi.log.warn(warning);
    }
    return settings;
}

/** With the settings that services have in Compose files. What reads those is loaded only where there are some. */
async function withCompose(raw: RawConfig): Promise<Composed> {
    if (!Object.values(fieldsOf(raw.services)).some(service => fieldsOf(service).compose !== undefined)) {
        return { raw, problems: [], warnings: [], locate: problems => [...problems] };
    }
    const { fromCompose } = await import("../compose/fromCompose");
    return fromCompose(raw, { folder: process.cwd(), env: environmentForOthers() });
}

/**
 * Reads all keys of our namespace. `config.requireSecretObject` would repeat a secret text in its error, and it does not say
 * which other keys there are.
 */
function decode(all: Record<string, string>): RawConfig {
    const raw: RawConfig = {};
    for (const [key, text] of Object.entries(all)) {
        if (key.startsWith(namespace)) {
            const name = key.slice(namespace.length);
            raw[name] = name === "host" ? text : parseJson(text);
        }
    }
    // Pulumi needs a default for each key that Pulumi.yaml declares. An empty text means no host.
    return raw.host === "" ? { ...raw, host: undefined } : raw;
}

/** @returns a text that is not JSON as it is. The schema then says that it must be an object. */
function parseJson(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return text;
    }
}

/**
 * Warns of an empty passphrase, with which everybody can decrypt the secrets. A stack with another secrets provider has no
 * passphrase at all.
 * @param composed the config with what the Compose files add to it
 */
function warnOfEmptyPassphrase(raw: RawConfig, composed: RawConfig): void {
    const { PULUMI_CONFIG_PASSPHRASE: passphrase, PULUMI_CONFIG_PASSPHRASE_FILE: file } = process.env;
    const isMore = Object.keys(composed.secrets ?? {}).length > Object.keys(raw.secrets ?? {}).length;
    const used = [
        ...secretSections
            .filter(name => Object.keys(raw[name] ?? {}).length > 0 && holdsSecret(name, raw[name]))
            .map(name => namespace + name),
        ...(isMore ? ["the secrets of the Compose files"] : []),
    ];
    if (used.length > 0 && passphrase === "" && !file) {
        pulumi.log.warn(
            `${used.join(" and ")}: encrypted with an empty passphrase, so that everybody who can ` +
                "read the stack's file or the state can decrypt it. Choose one: " +
                "pulumi stack change-secrets-provider passphrase; then set PULUMI_CONFIG_PASSPHRASE or " +
                "PULUMI_CONFIG_PASSPHRASE_FILE to it.",
        );
    }
}

/** Warns of secrets in plain text. Pulumi only says whether a whole key holds a secret. */
function warnOfPlainSecrets(raw: RawConfig): void {
    const secretKeys: unknown = JSON.parse(process.env.PULUMI_CONFIG_SECRET_KEYS ?? "null");
    for (const name of secretSections) {
        const isUsed = Object.keys(raw[name] ?? {}).length > 0 && holdsSecret(name, raw[name]);
        if (isUsed && Array.isArray(secretKeys) && !secretKeys.includes(namespace + name)) {
            pulumi.log.warn(
                `${namespace}${name} is stored in plain text. Set its values again with pulumi config set --secret --path.`,
            );
        }
    }
}
