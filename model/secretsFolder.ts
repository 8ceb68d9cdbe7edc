/** Where a container finds its secrets. */
export const SECRETS_FOLDER = "/run/secrets";
