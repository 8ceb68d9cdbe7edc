import { Engine } from "../../docker/Engine";
import { exec } from "../../docker/exec";
import { Runtime } from "../../haproxy/runtime";
import { assertEveryWorker } from "../../haproxy/WorkerResult";
import { observedService } from "../../look/observedService";
import { readWorld } from "../../look/readWorld";
import { runInAnchor } from "../../look/runInAnchor";
import type { Color } from "../../model/Color";
import { folders } from "../../model/folders";
import { LinkValue } from "../../model/LinkValue";
import type { ObservedService } from "../../model/ObservedService";
import type { ServiceRecord } from "../../model/Record";
import { recordOf } from "../../model/Records";
import type { Target } from "../../model/Target";
import { currentWorkers, type World } from "../../model/World";
import type { TestStack } from "./stack";
import { until } from "./until";

/** How long a container may take until HAProxy has it up, milliseconds. */
const readyMs = 60_000;

/** The live front of a test's stack, to read it and to change it as people do by hand. */
export class LiveFront {
    readonly engine = Engine.connect();
    readonly target: Target;

    constructor(stack: TestStack) {
        this.target = { project: "relink", stack: stack.name, front: stack.front };
    }

    observe(): Promise<World> {
        return readWorld(this.engine, this.target);
    }

    async service(name: string): Promise<ObservedService> {
        return observedService(await this.observe(), name);
    }

    async record(service: string): Promise<ServiceRecord> {
        return recordOf((await this.observe()).records, service);
    }

    /** Writes a service's record as an interrupted `up` may have left it. */
    async editRecord(service: string, change: (record: ServiceRecord) => ServiceRecord): Promise<void> {
        const text = JSON.stringify(change(await this.record(service)));
        const path = `${folders.record}/services/${service}.json`;
        const { exitCode, stderr } = await exec(
            this.engine,
            this.target.front,
            ["sh", "-c", 'cat > "$1"', "sh", path],
            {
                stdin: text,
                user: "0",
            },
        );
        if (exitCode !== 0) {
            throw new Error(`the record could not be written: ${stderr}`);
        }
    }

    /** Moves the link in HAProxy's memory, as people can who have access to its socket. */
    async linkByHand(service: string, color: Color, percent = 0): Promise<void> {
        const workers = (await this.observe()).front?.workers ?? [];
        const runtime = new Runtime(runInAnchor(this.engine, this.target.front));
        const link = LinkValue.to(color).withPercent(percent);
        assertEveryWorker("by hand", await runtime.setMap(workers, "link", service, link));
    }

    /** @returns the version of each HAProxy that takes connections: `3.2` */
    async versions(): Promise<string[]> {
        const { front } = await this.observe();
        const taking = new Set(currentWorkers(front).map(({ generation }) => generation));
        return (front?.generations ?? [])
            .filter(({ name }) => taking.has(name))
            .map(({ version }) => version.split(".").slice(0, 2).join("."));
    }

    /** Waits until one container of HAProxy runs: those that were told to leave have ended. */
    async oneRuns(): Promise<void> {
        await until(async () => ((await this.observe()).generations.length === 1 ? true : undefined), {
            deadline: Date.now() + readyMs,
            what: "a generation does not leave",
        });
    }

    /** Makes HAProxy read its files again, as a person does it. */
    async reload(): Promise<void> {
        const { generations, front } = await this.observe();
        const before = front?.workers.map(({ pid }) => pid) ?? [];
        await this.engine.docker.getContainer(generations.at(-1)?.id ?? "").kill({ signal: "USR2" });
        await until(
            async () => {
                const workers = currentWorkers((await this.observe()).front);
                return workers.length > 0 && workers.every(({ pid }) => !before.includes(pid)) ? true : undefined;
            },
            { deadline: Date.now() + readyMs, what: "HAProxy did not reload" },
        );
    }

    async stop(container: string): Promise<void> {
        await this.engine.docker.getContainer(`${this.target.front}-${container}`).stop({ t: 1 });
    }

    /** Starts a container and waits until HAProxy sends requests there. */
    async start(container: string, service: string, color: Color): Promise<void> {
        await this.engine.docker.getContainer(`${this.target.front}-${container}`).start();
        await until(
            async () => {
                const { replicas, ready } = (await this.service(service))[color];
                return ready === replicas ? true : undefined;
            },
            { deadline: Date.now() + readyMs, what: `${container} is not ready` },
        );
    }
}
