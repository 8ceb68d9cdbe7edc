import type { Color } from "./Color";
import type { PolicySettings } from "./PolicySettings";
import type { ReleaseSettings } from "./ReleaseSettings";
import type { Route } from "./Route";
import type { ServiceAccess } from "./ServiceAccess";

/** One service of the stack config. */
export interface ServiceSettings {
    /** Key in `relink:services`, in lower case. Backends and containers are named after it. */
    name: string;
    /** The settings of class *release*. */
    release: ReleaseSettings;
    /**
     * Values of all secrets that the service uses, as files or in `env`, by their NAME. They are plain text: code that
     * passes them to Pulumi has to mark them as secret.
     */
    secretValues: Record<string, string>;
    /** How many containers the color of a release gets. @default 1 */
    replicas: number;
    /** Its routes; none for a background service. @default everything, for the only service */
    routes: Route[];
    /** Whether the color that was live before answers while no server of the live one is up. @default undefined (no) */
    failover?: true;
    /** Whether containers of the stack reach it by its name, `http://NAME/`. @default undefined (no) */
    internal?: true;
    /** Who may ask it. @default undefined (everybody) */
    access?: ServiceAccess;
    /** `auto`, or the color that has to be live whatever `image` says. @default "auto" */
    live: "auto" | Color;
    /** Id of the waiting release that may take over. @default undefined */
    promote?: string;
    /** The settings of class *policy*. */
    policy: PolicySettings;
}

/** @returns who may ask, by service, without the services that everybody may ask */
export function accessOf(services: readonly Pick<ServiceSettings, "name" | "access">[]): Record<string, ServiceAccess> {
    return Object.fromEntries(services.flatMap(({ name, access }) => (access === undefined ? [] : [[name, access]])));
}
