import { createHash } from "node:crypto";
import { removeContainer, stopContainer } from "../docker/containers";
import { request } from "../docker/dialer";
import { dropImages } from "../docker/keptImages";
import { silencedLabels } from "../docker/labels";
import { anchorIsGone, nearAddresses, restoreAnchor, servesAgain } from "../front/anchor";
import { renderFrontends, renderGlobal } from "../front/configuration";
import { LISTENER_PORTS } from "../front/frontends";
import { OPEN_FILES } from "../front/global";
import { GENERATION_STOP_SIGNAL, generationScript, HAPROXY_USER, haproxyArguments } from "../front/watchdog";
import { emptyMaps, setMap } from "../haproxy/maps";
import { FRONTENDS_FILE, GLOBAL_FILE, mapFile, STAND_IN } from "../haproxy/names";
import { closeRouteKeys } from "../haproxy/routes";
import { ensureKey, writeFrontIncarnation, writeOwner } from "../journal/frontRecord";
import { isReader, readRecords } from "../journal/RecordStore";
import { editedFrontFiles, FRONT_MAPS } from "../look/frontFindings";
import { generationOf, isGeneration } from "../look/generations";
import { observeEverything } from "../look/observe";
import type { ContainerInfo } from "../model/Container";
import { runs } from "../model/Container";
import type { FrontSettings } from "../model/FrontSettings";
import { folders } from "../model/folders";
import { labelledOwner } from "../model/ownership";
import { frontNames, stackLabels } from "../model/Target";
import { currentWorkers, type World } from "../model/World";
import type { Progress } from "../up/Progress";
import { until } from "../up/until";
import { frontObserved, readBack } from "./observed";
import { progressFor } from "./progress";
import { type CommonInputs, check, failedCreate, incarnationOf, resourceId } from "./resource";
import { Session } from "./Session";

/** What has to be done about the front's owner. */
export interface FrontAction {
    /** The stack that the front is taken over from. */
    adoptFrom?: string;
}

export interface FrontConfigInputs extends CommonInputs<FrontAction> {
    /** The anchor's container id: a new anchor needs a new generation. */
    anchor: string;
    image: string;
    timeouts: FrontSettings["timeouts"];
    /** @default none */
    trustedProxies?: string[];
    /** Fingerprint of the base configuration, so that a newer version of relink shows as a change of it. */
    configuration: string;
    /** The stack's random key, hexadecimal. */
    __key: string;
}

/** How long a new generation may take until it answers. HAProxy starts in tens of milliseconds. */
const startMs = 20_000;
/** Grace for a generation that is removed with its front, milliseconds. */
const removalGraceMs = 2_000;
/** Room for what a generation keeps in its own container, which is one process id. */
const scratch = "size=1m,noexec,nosuid,nodev,mode=1777";

/** The front's generations and its base configuration: global, defaults and listeners. */
export const frontConfig = {
    check,

    async create(inputs: FrontConfigInputs) {
        const { front } = inputs.__target;
        const { engine } = Session.for(inputs.__target);
        const incarnation = (await readRecords(engine, frontNames(front).anchor)).frontIncarnation + 1;
        const id = resourceId(front, incarnation);
        try {
            await apply(inputs, incarnation);
        } catch (error) {
            throw failedCreate(id, inputs, error);
        }
        return { id, outs: inputs };
    },

    async update(_id: string, _olds: FrontConfigInputs, news: FrontConfigInputs) {
        await apply(news);
        return { outs: news };
    },

    async read(id: string, props: FrontConfigInputs) {
        return readBack(id, props, await frontObserved(Session.for(props.__target)));
    },

    async delete(id: string, props: FrontConfigInputs) {
        await sweep(Session.for(props.__target), incarnationOf(id), progressFor(props.__urn));
    },
};

/** A short fingerprint of global, defaults and listeners. */
export function fingerprintOf(front: Pick<FrontSettings, "name" | "timeouts" | "trustedProxies">): string {
    // The addresses stay what they are for as long as there is the front.
    const frontends = renderFrontends(front, { gateway: "0.0.0.0", anchor: "0.0.0.0" });
    return createHash("sha256").update(renderGlobal(front)).update(frontends).digest("hex").slice(0, 12);
}

/** @param incarnation number of this creation, where it is one */
async function apply(inputs: FrontConfigInputs, incarnation?: number): Promise<void> {
    const session = Session.for(inputs.__target);
    const progress = progressFor(inputs.__urn);
    const wasAway = await restoreAnchor(session, progress);
    await session.lease.take(0, inputs.__plan?.adoptFrom);
    await session.lease.guarded(prepareScript, [folders.run, HAPROXY_USER]);
    await takeOver(session, progress);
    if (incarnation !== undefined) {
        await writeFrontIncarnation(session.lease, incarnation);
    }
    await ensureKey(session.lease, Buffer.from(inputs.__key, "hex"));
    const { timeouts, trustedProxies = [] } = inputs;
    const front = { name: session.target.front, timeouts, trustedProxies };
    progress.status("writing and checking HAProxy's configuration");
    const before = await observeEverything(session.engine, session.target);
    const near = await nearAddresses(session, before.anchor);
    const edited = editedFrontFiles(before);
    const [worker] = currentWorkers(before.front);
    await session.configure(files => {
        for (const [path, text] of emptyMaps()) {
            files.set(path, files.get(path) ?? text);
        }
        for (const map of FRONT_MAPS.filter(map => worker !== undefined && edited.includes(mapFile(map)))) {
            setMap(files, map, worker![map]);
        }
        closeRouteKeys(files);
        files.set(GLOBAL_FILE, renderGlobal(front));
        files.set(FRONTENDS_FILE, renderFrontends(front, near));
        return files;
    });
    const world = await session.observe();
    // One that Docker is about to start again counts too: a second one would share its ports.
    const generations = world.containers.filter(container => isGeneration(container, session.target.front));
    if (!generations.some(container => runs(container) && isOf(container, inputs.anchor))) {
        progress.status("starting HAProxy");
        await startGeneration(session, world);
    }
    await removeDead(session, inputs.anchor);
    progress.status("waiting until HAProxy answers");
    await answers(session);
    if (wasAway) {
        await servesAgain(session, progress);
    }
}

/** From here on the record says that the front is this stack's, whatever the labels say. */
async function takeOver(session: Session, progress: Progress): Promise<void> {
    const { anchor, owner } = await session.observe([]);
    const { stack } = session.lease;
    await writeOwner(session.lease, stack, labelledOwner(anchor?.labels ?? {}) ?? stack);
    if (owner !== undefined && owner !== stack) {
        progress.info(`taken over from the stack ${owner}`);
    }
}

/** A generation of an anchor that is gone lives on in a network namespace that nobody reaches. */
function isOf({ networkMode }: ContainerInfo, anchor: string): boolean {
    return networkMode === `container:${anchor}`;
}

/** HAProxy in the anchor's network namespace. */
async function startGeneration(session: Session, world: World): Promise<void> {
    const { target, engine } = session;
    const names = frontNames(target.front);
    if (world.anchor === undefined) {
        throw anchorIsGone(names.anchor);
    }
    await session.enter("front: start");
    const numbers = world.containers.filter(container => isGeneration(container, target.front)).map(generationOf);
    const number = Math.max(0, ...numbers) + 1;
    const mount = (kind: "config" | "run", readOnly: boolean) => ({
        Type: "volume" as const,
        Source: names.volumes[kind],
        Target: folders[kind],
        ReadOnly: readOnly,
    });
    const container = await engine.docker.createContainer({
        name: names.generation(number),
        Image: world.anchor.imageId,
        Entrypoint: ["sh", "-c", generationScript, "relink"],
        Cmd: haproxyArguments(String(number)),
        User: `${HAPROXY_USER}:${HAPROXY_USER}`,
        StopSignal: GENERATION_STOP_SIGNAL,
        Labels: {
            ...(await silencedLabels(engine, world.anchor.imageId)),
            ...stackLabels(target),
            "relink.front": target.front,
            "relink.generation": String(number),
            "relink.anchor": world.anchor.id,
        },
        HostConfig: {
            NetworkMode: `container:${world.anchor.id}`,
            Mounts: [mount("config", true), mount("run", false)],
            RestartPolicy: { Name: "always" },
            // Its ports are above 1024, and what it writes is in the volume of the sockets.
            CapDrop: ["ALL"],
            SecurityOpt: ["no-new-privileges"],
            ReadonlyRootfs: true,
            Tmpfs: { "/tmp": scratch },
            // HAProxy writes a line for each request that went wrong: Docker's `local` driver rotates them (5 files of 20 MB) and compresses.
            LogConfig: { Type: "local", Config: {} },
            Ulimits: [{ Name: "nofile", Soft: OPEN_FILES, Hard: OPEN_FILES }],
        },
    });
    await container.start();
}

/** A generation has a worker, and its listeners answer. */
async function answers(session: Session): Promise<void> {
    await until(
        session.clock,
        async seen => {
            const { front, anchor, generations } = await session.observe([]);
            if (currentWorkers(front).every(({ generation }) => generation === STAND_IN)) {
                const name = generations.at(-1)?.name ?? `of ${session.target.front}-gen-NUMBER`;
                seen(
                    "no worker of HAProxy can be talked to by its socket, though it may well go on serving; " +
                        `docker logs ${name} says why, and docker restart ${name} starts it anew`,
                );
                return undefined;
            }
            try {
                const { status } = await request(session.dialer, {
                    address: anchor?.address ?? "",
                    port: LISTENER_PORTS.metrics,
                    path: "/healthz",
                    timeoutMs: 2_000,
                });
                seen(`HAProxy's own health page answered ${status}`);
                return status === 200 ? true : undefined;
            } catch (error) {
                seen((error as Error).message);
                return undefined;
            }
        },
        { deadline: Date.now() + startMs, what: "the front does not answer" },
    );
}

/**
 * A generation that has exited, or whose anchor is gone, has nothing left to give; one that was never started is what an
 * `up` that died left, as is what read the record while there was no anchor.
 */
async function removeDead(session: Session, anchor: string): Promise<void> {
    const { containers } = await session.observe();
    const dead = containers.filter(
        container =>
            isReader(container) ||
            (isGeneration(container, session.target.front) &&
                (["created", "exited", "dead"].includes(container.state) || !isOf(container, anchor))),
    );
    await Promise.all(dead.map(({ id }) => removeContainer(session.engine, id)));
}

/**
 * With the front goes everything that carries this stack's labels, except what Pulumi itself deletes next. Not with one
 * that was replaced (docs/design.md, rule 11), nor while users still reach a service.
 */
async function sweep(session: Session, incarnation: number, progress: Progress): Promise<void> {
    const { containers, anchor, records } = await session.observe();
    if (incarnation < records.frontIncarnation) {
        return;
    }
    const ours = containers.filter(({ id }) => id !== anchor?.id);
    if (anchor?.state === "running") {
        await session.lease.take();
        const linked = [...records.services.values()].filter(({ link }) => link.live !== "none");
        if (linked.length > 0) {
            throw new Error(
                `the front cannot be deleted while services are linked: ${linked.map(({ service }) => service).join(", ")}. ` +
                    "Run pulumi up, so that Pulumi knows their links again, then pulumi destroy",
            );
        }
        await session.enter("front: delete");
    }
    await dropImages(session.engine, session.target.front, () => false);
    progress.status(`removing ${ours.length} containers of the front`);
    await Promise.all(
        ours.map(async ({ id }) => {
            await stopContainer(session.engine, id, removalGraceMs);
            await removeContainer(session.engine, id);
        }),
    );
}

// The record is root's alone; HAProxy itself makes its sockets. Their folder is root's and sticky, as /tmp is: the anchor of a
// front that is older than this writes there as root, and the kernel has it follow nobody else's links in such a folder
// (fs.protected_symlinks). What such an anchor has left there, a newer one of the same front must be able to replace.
const prepareScript = `
chmod 700 .
mkdir -p services
chown 0:0 "$1" && chmod 1777 "$1"
rm -f "$1/anchor.new"
chown -h "$2:$2" "$1/anchor" 2>/dev/null || :
`;
