/** The folder of a container's secrets. */
export const SECRETS_FOLDER = "/run/secrets";
