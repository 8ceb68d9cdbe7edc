/** The folder of a container's secrets. */
export const secretsFolder = "/run/secrets";
