type Environment = Record<string, string | undefined>;

/**
 * The environment for a program of somebody else's that we start: the user's own, without Pulumi's variables. In one of
 * them Pulumi hands the whole config, secrets in plain text, to the program and to its plugins; others open the state.
 */
export function environmentForOthers(env: Environment = process.env): Environment {
    return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("PULUMI_")));
}
