import type { FrontSettings } from "./FrontSettings";
import type { ServiceSettings } from "./ServiceSettings";

/** The login of one registry. */
export interface RegistrySettings {
    /** `host[:port]`, as in an image's name; `docker.io` is the Docker Hub. */
    address: string;
    /** User name. */
    username: string;
    /** Password or token, as plain text: code that passes it to Pulumi has to mark it as secret. */
    password: string;
}

/**
 * The whole stack config, parsed (`checkSettings`): every default is filled in, every duration is in milliseconds,
 * every size in bytes, and all checks between settings have passed. Only settings/ and compose/ read the raw config.
 */
export interface Settings {
    /** HAProxy, in front of all services. */
    front: FrontSettings;
    /** Docker endpoint, `unix:///path` or `tcp://host:port`. @default undefined (the machine's Docker Engine) */
    host?: string;
    /** Logins beside those of the machine's Docker config. @default [] */
    registries: RegistrySettings[];
    /**
     * Hashes of the passwords of `relink:users`, by the user's name. Code that passes them to Pulumi has to mark them as
     * secret. @default {}
     */
    users: Record<string, string>;
    /** All services, sorted by name. */
    services: ServiceSettings[];
}
