import { Engine } from "../../../docker/Engine";
import { inspectNetwork } from "../../../docker/networks";
import { Lease } from "../../../journal/Lease";
import { observedService } from "../../../look/observedService";
import { readWholeWorld } from "../../../look/readWorld";
import { runInAnchor } from "../../../look/runInAnchor";
import { type AddressBlock, allocate } from "../../../model/addresses";
import type { Color } from "../../../model/Color";
import type { ObservedService } from "../../../model/ObservedService";
import { currentWorkers } from "../../../model/World";
import { Session } from "../../../providers/Session";
import { upOf } from "../../../providers/upOf";
import type { Up } from "../../../up/Up";
import { LiveFront } from "../LiveFront";
import { type LongStream, openStream } from "../longRequests";
import type { TestStack } from "../stack";
import { until } from "../until";
import { CallLog } from "./CallLog";
import { reportedUp } from "./reportedUp";
import type { Stage } from "./Stage";
import { View } from "./View";

/** How long HAProxy may take to notice something, milliseconds. */
const noticeMs = 30_000;

/** Longer than the story: a request that does not end by itself. */
const endlessSeconds = 600;

const silent = { status() {}, info() {}, warn() {} };

/** The ports on a Docker host, assembled as Pulumi's providers do it. */
export class RealStage implements Stage {
    readonly log = new CallLog();
    readonly view: View;
    readonly #session: Session;
    readonly #streams: LongStream[] = [];

    private constructor(
        private readonly stack: TestStack,
        private readonly front: LiveFront,
        readonly blocks: Record<Color, AddressBlock>,
    ) {
        this.view = new View(stack.front, blocks);
        this.#session = Session.for(front.target);
    }

    /**
     * @param stack has a front, and no service `web`
     * @param size how many slots each color has
     */
    static async of(stack: TestStack, size: number): Promise<RealStage> {
        const { subnet = "" } = (await inspectNetwork(Engine.connect(), stack.front)) ?? {};
        const blue = allocate(subnet, [], size);
        return new RealStage(stack, new LiveFront(stack), { blue, green: allocate(subnet, [blue], size) });
    }

    async play(act: (up: Up) => Promise<void>): Promise<void> {
        try {
            await act(reportedUp(upOf(this.#session, "web", silent), this.log, this.view));
        } finally {
            await this.#session.lease.release();
        }
        await this.#replacedWorkersEnd();
    }

    async observe(): Promise<ObservedService> {
        return observedService(await readWholeWorld(this.#session.engine, this.front.target), "web");
    }

    async kill(color: Color, slot: number): Promise<void> {
        await this.#session.engine.docker.getContainer(`${this.stack.front}-web-${color}-${slot}`).kill();
        await this.#notices(`${color} ${slot} is down`, world => {
            const servers = currentWorkers(world.front).map(({ backends }) => {
                return backends.get(`web-${color}`)?.servers.get(slot);
            });
            return servers.length > 0 && servers.every(server => server?.up === false);
        });
    }

    async restartHaproxy(): Promise<void> {
        const { generations } = await this.front.observe();
        await this.#session.engine.docker.getContainer(generations.at(-1)?.id ?? "").restart();
        await this.#notices("HAProxy serves again, with all of its servers", ({ front, containers }) => {
            const [worker, ...others] = front?.workers ?? [];
            const { live } = worker?.links.get("web") ?? {};
            const servers = worker?.backends.get(`web-${live}`)?.servers;
            const running = containers.filter(({ labels, state }) => {
                return labels["relink.service"] === "web" && labels["relink.color"] === live && state === "running";
            });
            const isUp = running.every(({ labels }) => servers?.get(Number(labels["relink.slot"]))?.up === true);
            return worker?.generation === "1" && others.length === 0 && isUp;
        });
    }

    reloadHaproxy(): Promise<void> {
        return this.front.reload();
    }

    async holdLease(): Promise<() => Promise<void>> {
        const { target, engine } = this.front;
        const lease = new Lease(runInAnchor(engine, target.front), target);
        await lease.take();
        return () => lease.release();
    }

    async openRequest(): Promise<void> {
        this.#streams.push(await openStream(this.stack.url, endlessSeconds));
    }

    async endRequests(): Promise<void> {
        for (const stream of this.#streams.splice(0)) {
            stream.end();
        }
    }

    /** Ends what this process holds on the front. */
    async end(): Promise<void> {
        await this.endRequests();
        await this.#session.end();
    }

    /** A worker that a reload has replaced takes a moment to end. One with an open request stays. */
    async #replacedWorkersEnd(): Promise<void> {
        if (this.#streams.length === 0) {
            await this.#notices("replaced workers end", ({ front }) => front?.workers.every(({ old }) => !old) ?? true);
        }
    }

    async #notices(what: string, isSo: (world: Awaited<ReturnType<LiveFront["observe"]>>) => boolean): Promise<void> {
        const waiting = { deadline: Date.now() + noticeMs, what, slowestMs: 200 };
        await until(async () => (isSo(await this.front.observe()) ? true : undefined), waiting);
    }
}
