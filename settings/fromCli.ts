import { unreadHash } from "./access";
import { unreadCertificate } from "./certificates";
import type { RawConfig } from "./parse";

const namespace = "relink:";

/** In the place of each secret value, which the CLI does not print. */
const hidden = "[secret]";

/**
 * Reads what `pulumi config --json` prints without `--show-secrets`. The CLI prints no value for a key that holds
 * secrets; the result has a stand-in for each secret that a service asks for, for each certificate of the front, and
 * for each user.
 *
 * @returns a config for commands that only look
 */
export function fromCli(json: string): RawConfig {
    const printed = JSON.parse(json) as Record<string, { value?: string; objectValue?: unknown; secret: boolean }>;
    const raw: RawConfig = {};
    for (const [key, { value, objectValue, secret }] of Object.entries(printed)) {
        if (key.startsWith(namespace) && !secret) {
            raw[key.slice(namespace.length)] = objectValue ?? value;
        }
    }
    if (printed[`${namespace}secrets`]?.secret) {
        raw.secrets = secretsAskedFor(raw.services);
    }
    if (printed[`${namespace}certificates`]?.secret) {
        raw.certificates = certificatesOf(raw.front);
    }
    if (printed[`${namespace}users`]?.secret) {
        raw.users = usersOf(raw.services, raw.front);
    }
    return raw.host === "" ? { ...raw, host: undefined } : raw;
}

function secretsAskedFor(services: unknown): Record<string, string> {
    const names = Object.entries((services ?? {}) as Record<string, { secrets?: unknown; env?: unknown }>).flatMap(
        ([service, config]) => {
            const inEnvironment = Object.values(config?.env ?? {}).map(
                value => (value as { secret?: unknown })?.secret,
            );
            const names = [config?.secrets ?? [], inEnvironment].flat().filter(name => typeof name === "string");
            return names.map(name => `${service}.${name}`);
        },
    );
    return Object.fromEntries(names.map(name => [name, hidden]));
}

function certificatesOf(front: unknown): Record<string, unknown> {
    const names = (front as { https?: { certificates?: unknown } } | undefined)?.https?.certificates;
    const all = Array.isArray(names) ? names.filter(name => typeof name === "string") : [];
    return Object.fromEntries(all.map(name => [name, unreadCertificate]));
}

function usersOf(services: unknown, front: unknown): Record<string, unknown> {
    const lists = Object.values((services ?? {}) as Record<string, { auth?: { basic?: unknown } }>).map(
        config => config?.auth?.basic,
    );
    const users = [...lists, (front as { statistics?: unknown } | undefined)?.statistics]
        .flat()
        .filter(name => typeof name === "string");
    return Object.fromEntries(users.map(name => [name, unreadHash]));
}
