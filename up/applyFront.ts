import { runs } from "../model/Container";
import { type GenerationKind, holdsListeners, isOf } from "../model/FrontImage";
import { labelledOwner } from "../model/ownership";
import type { BaseSettings, SeenGeneration } from "./FrontGenerations";
import type { FrontUp } from "./FrontUp";
import { findHeir, handOver, nextNumber } from "./handOver";
import {
    forgetEnded,
    type Managed,
    markInstalled,
    type Obtained,
    obtainDue,
    recordedFiles,
} from "./manageCertificates";
import { anchorIsGone, restoreAnchor, servesAgain } from "./restoreAnchor";
import { until } from "./until";

/** How long a new generation may take until it answers, milliseconds. HAProxy starts in tens of milliseconds. */
const startMs = 20_000;

/** The front as it has to be after an `up`. */
export interface WantedFront extends BaseSettings {
    /** What HAProxy's container is made from. */
    kind: GenerationKind;
    /** The stack's random key. */
    key: Buffer;
    /** The certificates that relink gets itself. `tls` names them too. @default none */
    managed?: Managed;
    /** The stack that the front is taken over from. @default none */
    adoptFrom?: string;
    /** Number of this creation of the front's configuration. @default it is not a creation */
    incarnation?: number;
}

/**
 * Makes the front what it has to be: an anchor that runs, the base configuration, and one generation of the wanted kind that
 * answers. It finishes or undoes what an `up` that died has left.
 *
 * Where HAProxy's image changes together with its configuration, the new HAProxy gets the old configuration first. Where it
 * refuses that one, the old HAProxy gets the new configuration first.
 * @throws Error when HAProxy does not answer in time
 */
export async function applyFront(up: FrontUp, wanted: WantedFront): Promise<void> {
    const { generations, journal, progress } = up;
    const wasAway = await restoreAnchor(up);
    await journal.take(wanted.adoptFrom);
    await generations.prepareFolders();
    await takeOver(up);
    if (wanted.incarnation !== undefined) {
        await journal.writeIncarnation(wanted.incarnation);
    }
    await journal.ensureKey(wanted.key);
    await journal.begin();
    const base = baseOf(wanted, await recordedFiles(up, wanted.managed?.certificates ?? []));
    const heir = await findHeir(up, wanted.kind, base);
    if (heir?.acceptsPresent) {
        await handOver(up, heir);
    }
    progress.status("writing and checking HAProxy's configuration");
    await configure(up, base);
    if (heir?.acceptsPresent === false) {
        await handOver(up, heir);
    }
    await ensureGeneration(up, wanted.kind);
    await removeDead(up);
    progress.status("waiting until HAProxy answers");
    await answers(up);
    if (wasAway) {
        await servesAgain(up);
    }
    await obtainCertificates(up, wanted);
    await journal.settle();
}

/** Writes the owner into the record. From then on the record counts, and not the labels. */
async function takeOver(up: FrontUp): Promise<void> {
    const { anchor, owner } = await up.generations.look();
    await up.journal.own(labelledOwner(anchor?.labels ?? {}) ?? up.journal.stack);
    if (owner !== undefined && owner !== up.journal.stack) {
        up.progress.info(`taken over from the stack ${owner}`);
    }
}

/** @returns the base configuration with the certificates that there are. Without any there is no listener with TLS */
function baseOf(wanted: WantedFront, managed: Obtained["files"]) {
    const certificates = { ...wanted.certificates, ...managed };
    const names = wanted.tls?.certificates.filter(name => Object.hasOwn(certificates, name)) ?? [];
    const tls = wanted.tls && names.length > 0 ? { ...wanted.tls, certificates: names } : undefined;
    return { ...wanted, tls, certificates };
}

/** Writes the configuration, and brings its certificates from HAProxy's files into its memory. */
async function configure(up: FrontUp, base: ReturnType<typeof baseOf>): Promise<void> {
    const { certificates } = base;
    await up.generations.configure(base);
    if (Object.keys(certificates).length > 0) {
        await up.journal.enter("front: certificates");
    }
    await up.generations.setCertificates(certificates);
}

/**
 * Gets the certificates that are missing or due, once HAProxy answers. A host without one stops its own service alone: the link of
 * that service fails before the host's route opens (up/requireFront.ts).
 */
async function obtainCertificates(up: FrontUp, wanted: WantedFront): Promise<void> {
    const { managed } = wanted;
    if (managed === undefined || managed.certificates.length === 0) {
        return;
    }
    const { files, changed, missing } = await obtainDue(up, managed);
    if (changed.length > 0) {
        await configure(up, baseOf(wanted, files));
        await markInstalled(up, changed);
    }
    await forgetEnded(up, managed);
    for (const host of missing) {
        up.progress.warn(`there is no certificate yet for ${host}`);
    }
}

/**
 * Starts a generation, unless one of the anchor runs. A generation that Docker is about to start again counts as one that
 * runs: a second one would share its ports. One that leaves does not count, although it goes on with its connections.
 *
 * A generation that lives on in the network namespace of a former anchor is removed first. It reaches nobody, but its admin
 * socket is in the shared folder: HAProxy would take over its listening sockets, and listen where nobody can connect.
 */
async function ensureGeneration(up: FrontUp, kind: GenerationKind): Promise<void> {
    const { anchor, generations } = await up.generations.look();
    if (anchor === undefined) {
        throw anchorIsGone(up.name);
    }
    if (generations.some(generation => holdsListeners(generation, anchor))) {
        return;
    }
    const image = {
        name: kind.image.name,
        id: await up.generations.obtainImage(kind.image, line => up.progress.status(line)),
    };
    up.progress.status("starting HAProxy");
    await up.journal.enter("front: start");
    const cutOff = generations.filter(generation => runs(generation) && !isOf(generation, anchor));
    await Promise.all(cutOff.map(({ id }) => up.generations.remove(id)));
    await up.generations.startGeneration(nextNumber(generations), anchor, image);
}

/**
 * Removes generations that have exited, whose anchor is gone, or that an `up` that died has never started, and containers
 * that were made to read the record.
 */
async function removeDead(up: FrontUp): Promise<void> {
    const { anchor, generations, readers } = await up.generations.look();
    const isDead = (generation: SeenGeneration) =>
        ["created", "exited", "dead"].includes(generation.state) || (anchor !== undefined && !isOf(generation, anchor));
    const dead = [...readers, ...generations.filter(isDead).map(({ id }) => id)];
    await Promise.all(dead.map(id => up.generations.remove(id)));
}

/** Waits until a generation has a worker, and until its listeners answer. */
async function answers(up: FrontUp): Promise<void> {
    const waiting = { deadline: up.clock.nowMs() + startMs, what: "the front does not answer" };
    await until(up.clock, seen => isAnswering(up, seen), waiting);
}

async function isAnswering(up: FrontUp, seen: (text: string) => void): Promise<true | undefined> {
    const { anchor, generations, answersOnSocket } = await up.generations.look();
    if (!answersOnSocket) {
        const running = generations.filter(({ state }) => state === "running");
        const name = running.at(-1)?.name ?? `${up.name}-gen-NUMBER`;
        seen(
            "HAProxy does not answer on its admin socket, though it may still serve; " +
                `docker logs ${name} says why, and docker restart ${name} starts it again`,
        );
        return undefined;
    }
    try {
        const status = await up.generations.health(anchor?.address ?? "");
        seen(`HAProxy's own health page answered ${status}`);
        return status === 200 ? true : undefined;
    } catch (error) {
        seen((error as Error).message);
        return undefined;
    }
}
