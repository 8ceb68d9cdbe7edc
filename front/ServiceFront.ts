import { isDeepStrictEqual } from "node:util";
import { removeMapEntry, writeMapEntry } from "../haproxy/maps";
import { backendFile, backendName, tcpFile } from "../haproxy/names";
import { assertEveryWorker } from "../haproxy/WorkerResult";
import { observedService } from "../look/observedService";
import type { Color } from "../model/Color";
import type { Worker } from "../model/FrontState";
import { LinkValue } from "../model/LinkValue";
import type { ObservedService } from "../model/ObservedService";
import type { ServiceAccess } from "../model/ServiceAccess";
import { type CountersByWorker, countersOf } from "../model/Window";
import { currentWorkers } from "../model/World";
import { openOn } from "../plan/drain";
import type { Answer, AskedSettings, Front } from "../up/Front";
import type { OpenRequests } from "../up/OpenRequests";
import type { Routes } from "../up/Routes";
import { ColorBackend } from "./ColorBackend";
import { contentHash } from "./configuration";
import { endWorker } from "./endWorker";
import type { FrontAccess } from "./FrontAccess";
import { askContainer, FrontQuestions } from "./FrontQuestions";
import { accessIn } from "./listenerFiles";
import { ServiceRoutes } from "./ServiceRoutes";
import { canFollow } from "./softStopped";
import { tcpFrontendName } from "./tcpListeners";

/** HAProxy on the Docker host, for one service. */
export class ServiceFront implements Front {
    readonly routes: Routes;

    constructor(
        private readonly access: FrontAccess,
        private readonly service: string,
    ) {
        this.routes = new ServiceRoutes(access, service);
    }

    backend(color: Color): ColorBackend {
        return new ColorBackend(this.access, this.service, color);
    }

    askContainer(address: string, settings: AskedSettings): Promise<Answer> {
        return askContainer(this.access, address, settings);
    }

    async listens(ports: readonly number[]): Promise<boolean> {
        const files = await this.access.readFiles();
        const names = ports.map(port => `frontend ${tcpFrontendName(port)} `);
        return names.every(name => files.get(tcpFile)?.includes(name)) && (await this.#areLoaded(files));
    }

    async guards(access: ServiceAccess): Promise<boolean> {
        const files = await this.access.readFiles();
        return isDeepStrictEqual(accessIn(files)[this.service], access) && (await this.#areLoaded(files));
    }

    /** @returns whether every worker that takes new connections has these files */
    async #areLoaded(files: ReadonlyMap<string, string>): Promise<boolean> {
        const workers = currentWorkers((await this.access.observe([])).front);
        const hash = contentHash(files);
        return workers.length > 0 && workers.every(({ configHash }) => configHash === hash);
    }

    async writeLink(link: LinkValue): Promise<void> {
        await this.access.configure(files => {
            writeMapEntry(files, "link", this.service, link.toString());
            return files;
        }, this.service);
    }

    async tellLink(link: LinkValue, mayGo?: (seen: ObservedService) => boolean): Promise<boolean> {
        const { access, service } = this;
        const world = await access.observe([service]);
        if (mayGo !== undefined && !mayGo(observedService(world, service))) {
            return false;
        }
        const able = (world.front?.workers ?? []).filter(worker => canFollow(worker, world, service, link));
        const told = await access.runtime.setMap(able, "link", service, link.toString());
        assertEveryWorker(`the link of ${service}`, told);
        return true;
    }

    questions(): Promise<FrontQuestions> {
        return FrontQuestions.begin(this.access, this.service);
    }

    async counters(): Promise<Record<Color, CountersByWorker>> {
        const { service } = this;
        const [blue, green] = [backendName(service, "blue"), backendName(service, "green")];
        const { workers } = await this.access.runtime.observe([blue, green]);
        return { blue: countersOf(blue, workers), green: countersOf(green, workers) };
    }

    async removeLink(): Promise<void> {
        const { access, service } = this;
        await access.configure(files => {
            removeMapEntry(files, "link", service);
            return files;
        }, service);
        // Another service may have reloaded HAProxy while the file still had the link.
        const world = await access.observe([service]);
        const able = (world.front?.workers ?? []).filter(worker => canFollow(worker, world, service, LinkValue.none()));
        assertEveryWorker(
            `the end of the link of ${service}`,
            await access.runtime.deleteMapEntry(able, "link", service),
        );
    }

    async open(color: Color, slots?: readonly number[]): Promise<OpenRequests> {
        return this.#openOn(await this.#workers(), color, slots);
    }

    async cut(color: Color, slots: readonly number[]): Promise<OpenRequests> {
        const { access, service } = this;
        const workers = await this.#workers();
        const pinned = this.#pinned(workers, color);
        const backend = backendName(service, color);
        for (const worker of workers) {
            for (const slot of slots) {
                await access.runtime.shutdownSessions(worker, backend, slot);
            }
        }
        for (const worker of pinned) {
            await endWorker(access, worker);
        }
        return this.#openOn(workers, color, slots);
    }

    async closeInFile(color: Color): Promise<void> {
        const file = backendFile(this.service, color);
        await this.access.configure(files => {
            const text = files.get(file);
            if (text !== undefined) {
                files.set(file, text.replace(/^(\s+server \S+ \S+(?: id \d+)?)$/gm, "$1 disabled"));
            }
            return files;
        }, file);
    }

    async #workers(): Promise<Worker[]> {
        return (await this.access.observe([this.service])).front?.workers ?? [];
    }

    /** With slots, requests that wait for any server of the color count too, because they may still reach these slots. */
    #openOn(workers: Worker[], color: Color, slots?: readonly number[]): OpenRequests {
        const backend = backendName(this.service, color);
        const waiting = workers.reduce((sum, { backends }) => sum + (backends.get(backend)?.qcur ?? 0), 0);
        const { requests } = openOn(workers, backend, slots);
        const current = workers.filter(({ old }) => !old);
        const isTcp = workers.some(({ backends }) => backends.get(backend)?.isTcp);
        return {
            ...(isTcp && { isTcp: true as const }),
            requests: slots === undefined ? requests : requests + waiting,
            pinnedWorkers: this.#pinned(workers, color).length,
            isLinked: current.length === 0 || current.some(worker => this.#linksTo(worker, color)),
        };
    }

    /** A soft-stopped worker takes no new connection, so a TCP service gets nothing more by it. */
    #pinned(workers: Worker[], color: Color): Worker[] {
        const backend = backendName(this.service, color);
        return workers.filter(
            worker => worker.old && this.#linksTo(worker, color) && !worker.backends.get(backend)?.isTcp,
        );
    }

    #linksTo({ links }: Worker, color: Color): boolean {
        return links.get(this.service)?.reachable.includes(color) ?? false;
    }
}
