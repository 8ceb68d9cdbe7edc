import type { ContainerInfo } from "../model/Container";
import {
    commandBack,
    type GenerationKind,
    generationLabels,
    holdsListeners,
    imageNameOf,
    isOfKind,
} from "../model/FrontImage";
import { frontNames } from "../model/Target";
import type { BaseSettings, ImageTrial, SeenGeneration } from "./FrontGenerations";
import type { FrontUp } from "./FrontUp";
import { anchorIsGone } from "./restoreAnchor";
import { isStop } from "./stop";
import { DeadlineExceeded, until } from "./until";

/** How long a new generation may take until it answers, milliseconds. HAProxy starts in tens of milliseconds. */
const startMs = 20_000;

/** How long an `up` waits for a generation that leaves, milliseconds. One with open connections goes on after that. */
const leaveMs = 3_000;

/** A generation that has to be started, and that takes the listening sockets over from one that runs. */
export interface Heir {
    kind: GenerationKind;
    imageId: string;
    /** Whether it accepts HAProxy's files in force. Otherwise these have to be changed before it starts. */
    acceptsPresent: boolean;
}

/**
 * Finishes a hand-over that an `up` did not finish, and finds out whether another one is due. Nothing has changed where an image
 * is refused.
 * @returns the generation that has to be started beside the one that runs; undefined where one of the wanted kind runs, or none
 * @throws Error where no generation can run the image, or its HAProxy refuses the configuration
 */
export async function findHeir(up: FrontUp, kind: GenerationKind, base: BaseSettings): Promise<Heir | undefined> {
    const { anchor, generations } = await up.generations.look();
    const holders = anchor === undefined ? [] : generations.filter(generation => holdsListeners(generation, anchor));
    const kept = holders
        .filter(({ restartPolicy }) => restartPolicy !== "no")
        .filter(one => isOfKind(one, anchor, kind))
        .at(-1);
    if (anchor !== undefined && kept !== undefined) {
        await succeed(up, kept, { anchor, generations });
        return undefined;
    }
    const isAnchors = anchor?.labels[generationLabels.image] === kind.image.name;
    if (holders.length === 0 && isAnchors) {
        return undefined;
    }
    const runsNow = holders.at(-1);
    const imageId = await up.generations.obtainImage(kind.image, line => up.progress.status(line));
    const trial = await tryImage(up, imageId, base);
    refuse(kind.image.name, trial, runsNow && imageNameOf(runsNow, anchor));
    return runsNow === undefined ? undefined : { kind, imageId, acceptsPresent: trial.present === undefined };
}

/** What holds where an image is refused. */
const unchanged = "The front goes on with the HAProxy and the configuration that it has.";

async function tryImage(up: FrontUp, imageId: string, base: BaseSettings): Promise<ImageTrial> {
    up.progress.status("trying the new HAProxy on the configuration");
    await up.journal.enter("front: try");
    return up.generations.tryImage(imageId, base);
}

function refuse(name: string, { refusal, wanted }: ImageTrial, before: string | undefined): void {
    const back = commandBack(before);
    if (refusal !== undefined) {
        throw new Error(
            `relink:front.image: ${name} ${refusal}. ${unchanged} Choose another image, such as haproxy:3.2, or go back:${back}`,
        );
    }
    if (wanted !== undefined) {
        throw new Error(
            `relink:front.image: the HAProxy of ${name} refuses the configuration. ${unchanged} ` +
                `Change what it names, or go back:${back}\n${wanted}`,
        );
    }
}

/**
 * Starts a generation beside the one that runs, waits until it serves as that one does, and tells that one to leave. Where it does
 * not serve, the hand-over is undone.
 * @throws Error where it was undone
 */
export async function handOver(up: FrontUp, { kind, imageId }: Heir): Promise<void> {
    const { anchor, generations } = await up.generations.look();
    if (anchor === undefined) {
        throw anchorIsGone(up.name);
    }
    up.progress.status(`starting ${kind.image.name} beside the HAProxy that runs`);
    await up.journal.enter("front: hand over");
    const number = nextNumber(generations);
    const id = await up.generations.startGeneration(number, anchor, { name: kind.image.name, id: imageId });
    await succeed(up, { id, number, name: frontNames(up.name).generation(number) }, { anchor, generations });
}

/** @returns the number of the next generation */
export function nextNumber(generations: readonly SeenGeneration[]): number {
    return Math.max(0, ...generations.map(({ number }) => number)) + 1;
}

/** The generation that takes the place of the others. */
type Successor = Pick<SeenGeneration, "id" | "number" | "name">;

/** Tells all other generations of the anchor to leave, once the successor serves. Waits a moment for their end. */
async function succeed(
    up: FrontUp,
    successor: Successor,
    { anchor, generations }: { anchor: ContainerInfo; generations: readonly SeenGeneration[] },
): Promise<void> {
    const others = generations.filter(
        generation => generation.number !== successor.number && holdsListeners(generation, anchor),
    );
    if (others.length === 0) {
        return;
    }
    // Nothing comes between the look that proves the successor and the end of the others.
    await up.journal.enter("front: leave");
    await serves(up, successor, anchor);
    for (const { id, state } of others) {
        // What crashes again and again has no connections.
        await (state === "running" ? up.generations.leave(id) : up.generations.remove(id));
    }
    await waitForEnd(
        up,
        others.map(({ id }) => id),
    );
}

/**
 * Waits until a generation serves. Otherwise it goes again, and the one before it goes on.
 * @throws Error where it does not serve in time
 */
async function serves(up: FrontUp, { id, number, name }: Successor, anchor: ContainerInfo): Promise<void> {
    up.progress.status(`waiting until ${name} serves`);
    const waiting = { deadline: up.clock.nowMs() + startMs, what: `${name} does not serve` };
    let answered = false;
    const look = async (seen: (text: string) => void) => {
        try {
            await up.generations.health(anchor.address ?? "");
            const { answers, differs } = await up.generations.lookAtStart(number);
            answered ||= answers;
            seen(answers ? `not as in HAProxy's files: ${differs.join(", ")}` : "it has answered no request");
            return answers && differs.length === 0 ? true : undefined;
        } catch (error) {
            if (isStop(error)) {
                throw error;
            }
            seen((error as Error).message);
            return undefined;
        }
    };
    try {
        await until(up.clock, look, waiting);
    } catch (error) {
        if (!(error instanceof DeadlineExceeded)) {
            throw error;
        }
        const lines = (await up.generations.lastLines(id)).map(line => `\n    ${line}`);
        await (answered ? up.generations.leave(id) : up.generations.remove(id));
        throw new Error(
            `the hand-over to ${name} was undone: ${error.message}. The HAProxy before it goes on. The last lines of ` +
                `${name}:${lines.join("") || " none"}`,
        );
    }
}

/** Waits a moment until containers have ended. Those with open connections go on. */
async function waitForEnd(up: FrontUp, ids: readonly string[]): Promise<void> {
    let names = "";
    const look = async () => {
        const { generations } = await up.generations.look();
        const left = generations.filter(({ id, state }) => ids.includes(id) && state === "running");
        names = left.map(({ name }) => name).join(", ");
        return left.length === 0 ? true : undefined;
    };
    try {
        await until(up.clock, look, { deadline: up.clock.nowMs() + leaveMs, what: "a generation leaves" });
    } catch (error) {
        if (!(error instanceof DeadlineExceeded)) {
            throw error;
        }
        up.progress.info(`${names} goes on with the connections that it has, and ends with the last of them`);
    }
}
