import { resolve } from "node:path";

/** Where the user wants the report of an `up`: `RELINK_REPORT`, from the project's folder. None unless it is set. */
export function reportPath(env = process.env): string | undefined {
    return env.RELINK_REPORT ? resolve(env.RELINK_REPORT) : undefined;
}
