import { Duration } from "../model/Duration";
import type { ConfigPath } from "./Problem";

/** True when nothing at, above or below the path is wrong already: only then does a check mean something. */
export type IsSound = (...path: ConfigPath) => boolean;

export type Key = string | number;

/** A place in one service's part of the config. */
export type At = (...keys: Key[]) => ConfigPath;

/** Sums can be longer than any one duration may be, so this does not go through the checks of `ofMilliseconds`. */
export function spell(milliseconds: number): string {
    return milliseconds <= 2_147_483_647 ? Duration.ofMilliseconds(milliseconds).toString() : `${milliseconds}ms`;
}
