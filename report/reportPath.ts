import { resolve } from "node:path";

/** @returns path of the report that `RELINK_REPORT` asks for, from the project's folder; undefined without it */
export function reportPath(env = process.env): string | undefined {
    return env.RELINK_REPORT ? resolve(env.RELINK_REPORT) : undefined;
}
