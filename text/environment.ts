type Environment = Record<string, string | undefined>;

/**
 * Pulumi gives the whole config to its programs and plugins in a variable, with secrets as plain text. Other variables
 * of Pulumi open the state.
 *
 * @returns the environment for a foreign program that relink starts: the user's own, without Pulumi's variables
 */
export function environmentForOthers(env: Environment = process.env): Environment {
    return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("PULUMI_")));
}
