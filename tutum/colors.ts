import { isServiceName } from "../settings/names";
import type { Finding } from "./Conversion";

/** A service of the stack that may become one of relink. */
export interface Candidate {
    service: string;
    /** @default undefined (the file has none) */
    image?: unknown;
    /** By name. */
    variables: Readonly<Record<string, string | undefined>>;
    /** Whether HAProxy is linked to it. */
    isLinked: boolean;
    /** Whether a label kept HAProxy away from it. */
    isOff: boolean;
    /** Number of its containers. */
    replicas: number;
}

/** A service of relink. */
export interface Chosen {
    /** Its name in relink. */
    name: string;
    /** The service of the stack that gets the requests. */
    live: Candidate;
    /** The other color. @default undefined (there is none) */
    idle?: Candidate;
    /** Number of its containers, where both colors served together. @default undefined (those of the live one) */
    replicas?: number;
}

/** The services of relink, and what is to be said about them. */
export interface Choice {
    chosen: Chosen[];
    problems: Finding[];
    notes: Finding[];
}

/**
 * Makes one service of two whose names end in `-blue` and `-green`, where HAProxy is linked to one of them at least. The live
 * one is the one that HAProxy led to.
 *
 * @param live the user's choice where the stack does not say it
 */
export function chooseServices(candidates: readonly Candidate[], live?: string): Choice {
    const choice: Choice = { chosen: [], problems: [], notes: [] };
    const taken = new Set<Candidate>();
    for (const candidate of candidates) {
        const partner = candidates.find(other => isPartner(candidate, other));
        const pair = partner === undefined ? [candidate] : [candidate, partner];
        if (taken.has(candidate) || !pair.some(({ isLinked }) => isLinked)) {
            continue;
        }
        for (const one of pair) {
            taken.add(one);
        }
        const found = partner === undefined ? alone(candidate, choice) : paired([candidate, partner], live, choice);
        if (found !== undefined) {
            choice.chosen.push(found);
        }
    }
    refuseSameNames(choice);
    return choice;
}

const colorName = /^(.+)[-_](blue|green)$/i;

function isPartner({ service: one }: Candidate, { service: other }: Candidate): boolean {
    const [, stem, color] = colorName.exec(one) ?? [];
    const [, otherStem, otherColor] = colorName.exec(other) ?? [];
    return stem !== undefined && stem === otherStem && color?.toLowerCase() !== otherColor?.toLowerCase();
}

function alone(candidate: Candidate, { notes }: Choice): Chosen | undefined {
    const { service, isOff } = candidate;
    if (isOff) {
        const message = "is kept from HAProxy by its label com.docker.dockercloud.haproxy.deactivate: it is left out";
        notes.push({ service, key: "labels", message, fix: "" });
        return undefined;
    }
    return { name: nameOf(service), live: candidate };
}

function paired(pair: readonly [Candidate, Candidate], live: string | undefined, choice: Choice): Chosen | undefined {
    const { notes, problems } = choice;
    const name = nameOf(pair[0].service);
    const said = pair.find(({ service }) => service === live);
    const only = said ?? onlyOne(pair);
    if (only !== undefined) {
        const idle = pair.find(other => other !== only)!;
        const why = said === undefined ? "HAProxy led to it" : "--live names it";
        const message = `and ${idle.service} are two colors of ${name}; ${only.service} is live, because ${why}`;
        notes.push({ service: only.service, key: "", message, fix: "" });
        return { name, live: only, idle };
    }
    const [one, other] = pair;
    const names = `${one.service} and ${other.service}`;
    if (one.variables.VIRTUAL_HOST === other.variables.VIRTUAL_HOST && one.image === other.image) {
        const message = `and ${other.service} served together; they are one service ${name}, of which one color is live`;
        notes.push({ service: one.service, key: "", message, fix: "" });
        return { name, live: one, idle: other, replicas: one.replicas + other.replicas };
    }
    const message = `and ${other.service} both get requests: the stack does not say which of ${names} is the live color`;
    problems.push({ service: one.service, key: "", message, fix: `say it: --live ${one.service}` });
    return undefined;
}

/** @returns the one of a pair that HAProxy led to; undefined where it led to both */
function onlyOne(pair: readonly [Candidate, Candidate]): Candidate | undefined {
    const rules: ((candidate: Candidate) => boolean)[] = [
        ({ isLinked, isOff }) => isLinked && !isOff,
        ({ variables }) => Boolean(variables.VIRTUAL_HOST),
        ({ variables }) => !variables.FAILOVER,
    ];
    let left: readonly Candidate[] = pair;
    for (const rule of rules) {
        const fits = left.filter(rule);
        left = fits.length === 0 ? left : fits;
    }
    return left.length === 1 ? left[0] : undefined;
}

/** @returns the name without its color, in the letters of a service's name */
function nameOf(service: string): string {
    const stem = colorName.exec(service)?.[1] ?? service;
    return stem
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, "-")
        .replace(/^-|-$/g, "");
}

function refuseSameNames({ chosen, problems, notes }: Choice): void {
    const names = new Map<string, string>();
    for (const { name, live, idle } of chosen) {
        const other = names.get(name);
        names.set(name, live.service);
        const key = "";
        if (!isServiceName(name)) {
            const message = `has a name that is none in relink: at most 30 lower case letters, digits and hyphens`;
            problems.push({ service: live.service, key, message, fix: "give it another name in the file" });
        } else if (other !== undefined) {
            const message = `would be called ${name} in relink, as ${other}`;
            problems.push({ service: live.service, key, message, fix: "give it another name in the file" });
        } else if (idle === undefined && name !== live.service) {
            notes.push({ service: live.service, key, message: `is called ${name} in relink`, fix: "" });
        }
    }
}
