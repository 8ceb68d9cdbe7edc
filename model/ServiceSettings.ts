import type { Color } from "./Color";
import type { PolicySettings } from "./PolicySettings";
import type { ReleaseSettings } from "./ReleaseSettings";
import type { Route } from "./Route";

/** One service: what a user releases. */
export interface ServiceSettings {
    /** Key in `relink:services`; lower case, also the name in HAProxy and the start of Docker names. */
    name: string;
    /** Class *release*. */
    release: ReleaseSettings;
    /**
     * Values of all secrets that the service uses (as files or in `env`), by their NAME. Plain here; whoever passes
     * them on to Pulumi marks them secret again.
     */
    secretValues: Record<string, string>;
    /** Containers of the color that a release goes to. @default 1 */
    replicas: number;
    /** Which requests come here; at least one. @default everything, for the only service */
    routes: Route[];
    /** `auto`, or the color that is to be live whatever `image` says. @default "auto" */
    live: "auto" | Color;
    /** Id of the release that waits for promotion and may now take over. @default undefined */
    promote?: string;
    /** Class *policy*. */
    policy: PolicySettings;
}
