import type { Color } from "./Color";
import { chosenUsersPercent, shareText } from "./Share";

/** The color that a service's link points to; `none` before the first link. */
export type Live = Color | "none";

/** @returns the other color; before the first link blue, which gets the first release */
export function idleColor(live: Live): Color {
    return live === "blue" ? "green" : "blue";
}

/** @returns whether a color gets users' requests: all of them, or a share */
export function hasTraffic({ live, percent }: { live: Live; percent: number }, color: Color): boolean {
    return live === color || (live !== "none" && percent > 0);
}

/** @returns a canary's color and its share of the requests, `green 25 %`; undefined where there is none */
export function shareOf({ live, percent = 0 }: { live: Live; percent?: number }): string | undefined {
    return live === "none" || percent === 0 ? undefined : `${idleColor(live)} ${shareText(percent)}`;
}

/** @returns the percentage in a text of {@link shareOf}; 0 where there is none */
export function percentOf(share: string | undefined): number {
    return share?.endsWith(` ${shareText(chosenUsersPercent)}`)
        ? chosenUsersPercent
        : Number(/ (\d+) %$/.exec(share ?? "")?.[1] ?? 0);
}
