import type { Color } from "../model/Color";
import type { ObservedService } from "../model/ObservedService";
import type { PolicySettings } from "../model/PolicySettings";
import { count } from "../model/words";
import type { Desired } from "./Desired";

/** @returns how a new release is judged once it is live, in words. */
export function judging({ bakeTimeMs }: PolicySettings): string {
    return bakeTimeMs === 0 ? "" : ` and is judged for ${bakeTimeMs / 1000} s`;
}

/** @returns what a new release changes on its color, in words: `green gets shop/web:2 (3 replicas)`. */
export function gets(service: ObservedService, { release, replicas }: Desired, target: Color): string {
    const live = service[service.live as Color];
    // Users wonder why the same image is a new release.
    const why = live.release?.digest === release.digest ? " with other settings" : "";
    return `${target} gets ${release.image}${why} (${count(replicas)})`;
}
