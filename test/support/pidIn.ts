import { existsSync, readFileSync } from "node:fs";
import { until } from "./until";

/** Waits for the process id that a command writes into a file (`echo $$ > FILE`). @returns the process id */
export function pidIn(file: string): Promise<number> {
    const read = async () => (existsSync(file) ? Number(readFileSync(file, "utf8")) || undefined : undefined);
    return until(read, { deadline: Date.now() + 60_000, what: `a process id in ${file}` });
}
