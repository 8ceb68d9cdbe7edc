import type { Color } from "../model/Color";
import type { PolicySettings } from "../model/PolicySettings";
import type { Release } from "../model/Release";
import type { Route } from "../model/Route";
import type { Places } from "./handovers";

/** What the user asks for one service. */
export interface Desired {
    release: Release;
    /** Why the image cannot be found. Unset when it was found. */
    imageProblem?: string;
    replicas: number;
    routes: Route[];
    /** The service that has each place (`placeOf` a route) now, and the one that wants it. */
    places: Places;
    live: "auto" | Color;
    /** Whether the color that was live before answers while no server of the live one is up. @default false */
    failover?: boolean;
    /** Id of the waiting release that may take over. */
    promote?: string;
    policy: PolicySettings;
}
