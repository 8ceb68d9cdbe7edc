import type { Color } from "../model/Color";
import type { PolicySettings } from "../model/PolicySettings";
import type { Release } from "../model/Release";
import type { Route } from "../model/Route";
import type { Places } from "./handovers";

/** What the user asks for one service. */
export interface Desired {
    release: Release;
    /** Why the image cannot be had, when it cannot. */
    imageProblem?: string;
    replicas: number;
    routes: Route[];
    /** Which service has each place (`placeOf` a route) now, and which one wants it. */
    places: Places;
    live: "auto" | Color;
    /** Id of the release that waits and may take over. */
    promote?: string;
    policy: PolicySettings;
}
