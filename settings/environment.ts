/**
 * In these variables Pulumi hands the whole config, secrets in plain text, to the program (and some versions of it to
 * every plugin), and so to whatever that starts.
 */
const pulumis = ["PULUMI_CONFIG", "PULUMI_CONFIG_SECRET_KEYS"];

type Environment = Record<string, string | undefined>;

/** The environment for a program of somebody else's that we start: the user's own. */
export function environmentForOthers(env: Environment = process.env): Environment {
    return Object.fromEntries(Object.entries(env).filter(([name]) => !pulumis.includes(name)));
}
