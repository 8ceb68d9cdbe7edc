import type { Fields } from "../settings/fields";

/** Something to say of a place in the file. */
export interface Located {
    /** `tutum.yml:12: haproxy.environment.TIMEOUT`. */
    place: string;
    message: string;
    /** @default "" (there is nothing to do) */
    fix: string;
}

/** A stack config, and what is left to do. */
export interface ConvertedStack {
    /** `relink:front` and `relink:services`. It holds no secret. */
    config: { front: Fields; services: Fields };
    /** Secrets, by their key below `relink:`, as `certificates.default`. */
    values: Map<string, string>;
    /** Commands to run after the config is there. A word in capitals is to be filled in. */
    steps: string[];
    problems: Located[];
    notes: Located[];
}
