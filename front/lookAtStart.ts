import { linksOf } from "../haproxy/FrontState";
import { readMap } from "../haproxy/maps";
import type { Worker } from "../model/FrontState";
import { currentWorkers } from "../model/World";
import type { SeenStart } from "../up/FrontGenerations";
import type { FrontAccess } from "./FrontAccess";

/** The listener that answers relink's question for HAProxy's health. Only the Docker host and relink reach it. */
const listener = "metrics";

/** Compares the worker of a generation that has just started with HAProxy's files, and finds out whether it has answered. */
export async function lookAtStart(access: FrontAccess, number: number): Promise<SeenStart> {
    const [{ front }, files] = await Promise.all([access.observe([]), access.readFiles()]);
    const worker = currentWorkers(front).find(({ generation }) => generation === String(number));
    if (worker === undefined) {
        return { answers: false, differs: [] };
    }
    const links = linksOf(readMap(files, "link"));
    return {
        answers: (await sessions(access, worker)) > 0,
        differs: [
            ...differing(texts(links), texts(worker.links)).map(service => `the link of ${service}`),
            ...differing(readMap(files, "routes"), worker.routes).map(route => `the route ${route}`),
        ],
    };
}

/** @returns how many connections the worker has taken on that listener */
async function sessions(access: FrontAccess, { socket, pid }: Worker): Promise<number> {
    const [csv = ""] = await access.runtime.batch([{ socket, command: `@!${pid} show stat ${listener} 1 -1` }]);
    const [head = "", row = ""] = csv.split("\n");
    return Number(row.split(",")[head.split(",").indexOf("stot")] ?? 0);
}

function texts(links: ReturnType<typeof linksOf>): Map<string, string> {
    return new Map([...links].map(([service, link]) => [service, link.toString()]));
}

/** @returns the keys whose values differ, or that only one of the two has */
function differing(one: ReadonlyMap<string, string>, two: ReadonlyMap<string, string>): string[] {
    return [...new Set([...one.keys(), ...two.keys()])].filter(key => one.get(key) !== two.get(key));
}
