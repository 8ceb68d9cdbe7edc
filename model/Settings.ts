import type { FrontSettings } from "./FrontSettings";
import type { ServiceSettings } from "./ServiceSettings";

/**
 * What the stack config says, parsed: every default is filled in, every duration is in milliseconds, every size in
 * bytes, and every cross check has passed (`checkSettings`). Nothing downstream looks at the raw config.
 *
 * The defaults themselves live in one place each: the schema files beside this one.
 */

/** Login of one registry. */
export interface RegistrySettings {
    /** `host[:port]`, as image references spell it; `docker.io` is the Docker Hub. */
    address: string;
    /** User name. */
    username: string;
    /** Password or token. Plain here; whoever passes it on to Pulumi marks it secret again. */
    password: string;
}

/** The whole stack config. */
export interface Settings {
    /** The HAProxy in front. */
    front: FrontSettings;
    /** Docker endpoint, `unix:///path` or `tcp://host:port`. @default undefined (the machine's Docker Engine) */
    host?: string;
    /** Logins beside those of the machine's Docker config. @default [] */
    registries: RegistrySettings[];
    /** Sorted by name. */
    services: ServiceSettings[];
}
