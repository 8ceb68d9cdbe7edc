import type { Color } from "./Color";

/** What the front's link of a service may point to. */
export type Live = Color | "none";

/** The color that `live` does not name. Before the first link that is blue, which the first release takes. */
export function idleColor(live: Live): Color {
    return live === "blue" ? "green" : "blue";
}

/** Whether users' requests go to a color: all of them, or a share. */
export function hasTraffic({ live, percent }: { live: Live; percent: number }, color: Color): boolean {
    return live === color || (live !== "none" && percent > 0);
}

/** A canary's color and its share of the requests, `green 25 %`; undefined where there is none. */
export function shareOf({ live, percent = 0 }: { live: Live; percent?: number }): string | undefined {
    return live === "none" || percent === 0 ? undefined : `${idleColor(live)} ${percent} %`;
}

/** The percentage in what {@link shareOf} says; 0 where it says nothing. */
export function percentOf(share: string | undefined): number {
    return Number(/ (\d+) %$/.exec(share ?? "")?.[1] ?? 0);
}
