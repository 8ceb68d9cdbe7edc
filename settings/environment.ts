import { parsePrivateJson } from "./privateJson";

/**
 * In these variables Pulumi hands the whole config, secrets in plain text, to programs and to every plugin, and so to
 * whatever those start.
 */
const pulumis = ["PULUMI_CONFIG", "PULUMI_CONFIG_SECRET_KEYS"];

type Environment = Record<string, string | undefined>;

/** The environment for a program of somebody else's that we start: the user's own. */
export function environmentForOthers(env: Environment = process.env): Environment {
    return Object.fromEntries(Object.entries(env).filter(([name]) => !pulumis.includes(name)));
}

/** Every secret value of the stack config that Pulumi has handed to this process. */
export function configuredSecrets(env: Environment = process.env): string[] {
    const config = objectIn(env.PULUMI_CONFIG);
    const registries = Object.values(objectIn(config["relink:registries"]));
    return [...Object.values(objectIn(config["relink:secrets"])), ...registries.map(passwordOf)].filter(
        value => typeof value === "string",
    );
}

function passwordOf(registry: unknown): unknown {
    return (registry as { password?: unknown } | null)?.password;
}

/** What is no object holds nothing. */
function objectIn(text: unknown): Record<string, unknown> {
    try {
        return Object(parsePrivateJson(String(text ?? "{}"))) as Record<string, unknown>;
    } catch {
        return {};
    }
}
