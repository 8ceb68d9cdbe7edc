import { readMap, writeMapEntry } from "../haproxy/maps";
import { backendFile } from "../haproxy/names";
import { ReloadFailed, type Runtime } from "../haproxy/runtime";
import { answeredLink } from "../look/answeredLink";
import type { LinkValue } from "../model/LinkValue";
import { currentWorkers, type World } from "../model/World";
import type { Change, ConfigFolder } from "./folder";
import { openServing } from "./openServing";

/**
 * HAProxy's files while HAProxy runs: their changes, and the reloads that these need.
 *
 * A reload makes a worker that follows the links in the file. That file may have been edited by hand, or may hold a link that
 * an `up` wrote and died before it told the workers. So before a reload, the file gets each service's link as the workers
 * follow it, if its color answers. A link that this process has written stays: the process tells it to the workers next.
 *
 * The same holds for slots. An `up` that died after it had let a container into traffic left the slot closed in the file, so
 * that slot is opened there before the reload.
 */
export class LiveFiles {
    #reload: Promise<void> = Promise.resolve();
    /** Services whose link this process has written or removed, and paths of the backends' files that it has written. */
    readonly #own = new Set<string>();

    /** @param look reads the live system: these services, and the front */
    constructor(
        private readonly folder: Pick<ConfigFolder, "apply">,
        private readonly runtime: Pick<Runtime, "reload">,
        private readonly look: (services: readonly string[]) => Promise<World>,
    ) {}

    /**
     * Makes a change, and reloads HAProxy where the change needs it. Changes that come together share one check and one reload.
     * Takes back files that HAProxy cannot load, so that HAProxy can start again with the files before.
     * @param own what the change writes or removes, even if the files have it so already: the service of a link, or the path
     * of a backend's file. @default none
     * @throws ConfigRejected, ReloadFailed, with HAProxy's words
     */
    async change(change: Change, own?: string): Promise<void> {
        if (own !== undefined) {
            this.#own.add(own);
        }
        const { files, hash, undo } = await this.folder.apply(files => this.#noted(files, change));
        const reload = this.#reload.catch(() => {}).then(() => this.#bringToWorkers(files, hash));
        this.#reload = reload;
        try {
            await reload;
        } catch (error) {
            if (error instanceof ReloadFailed) {
                await this.folder.apply(undo);
            }
            throw error;
        }
    }

    /** Writes into the files what the workers follow and users reach, as before a reload. */
    async keepAnswered(): Promise<void> {
        const { files } = await this.folder.apply(files => files);
        await this.#keepAnswered(files, await this.look([]));
    }

    /** Makes a change, and notes the services whose link it changes. */
    #noted(files: Map<string, string>, change: Change): Map<string, string> {
        const before = readMap(files, "link");
        const changed = change(files);
        const after = readMap(changed, "link");
        for (const service of new Set([...before.keys(), ...after.keys()])) {
            if (before.get(service) !== after.get(service)) {
                this.#own.add(service);
            }
        }
        return changed;
    }

    async #bringToWorkers(files: ReadonlyMap<string, string>, hash: string): Promise<void> {
        const world = await this.look([]);
        const stale = currentWorkers(world.front).filter(worker => worker.configHash !== hash);
        if (stale.length > 0) {
            await this.#keepAnswered(files, world);
        }
        for (const generation of new Set(stale.map(({ generation }) => generation))) {
            await this.runtime.reload(generation);
        }
    }

    /**
     * Writes each link that the workers follow into the file, where the file differs and the link's color answers. Opens each
     * slot that serves, where its color's file has it closed.
     */
    async #keepAnswered(files: ReadonlyMap<string, string>, { front }: World): Promise<void> {
        const written = readMap(files, "link");
        const followed = [...(currentWorkers(front)[0]?.links ?? [])];
        const differing = followed
            .filter(([service, link]) => !this.#own.has(service) && link.toString() !== written.get(service))
            .map(([service]) => service);
        const closed = followed
            .filter(([service, { reached }]) =>
                reached.some(color => this.#hasClosed(files, backendFile(service, color))),
            )
            .map(([service]) => service);
        const services = [...new Set([...differing, ...closed])];
        if (services.length === 0) {
            return;
        }
        const world = await this.look(services);
        const answered = new Map<string, LinkValue>();
        for (const service of differing) {
            const link = answeredLink(world, service);
            if (link !== undefined) {
                answered.set(service, link);
            }
        }
        if (answered.size > 0 || this.#opened(files, world, closed).size > 0) {
            await this.folder.apply(files => this.#withAnswered(files, world, answered, closed));
        }
    }

    /** This process may have written a link or a backend's file since the look: these stay. */
    #withAnswered(
        files: Map<string, string>,
        world: World,
        answered: ReadonlyMap<string, LinkValue>,
        closed: readonly string[],
    ): Map<string, string> {
        for (const [service, link] of answered) {
            if (!this.#own.has(service)) {
                writeMapEntry(files, "link", service, link);
            }
        }
        return new Map([...files, ...this.#opened(files, world, closed)]);
    }

    #hasClosed(files: ReadonlyMap<string, string>, path: string): boolean {
        return !this.#own.has(path) && / disabled$/m.test(files.get(path) ?? "");
    }

    #opened(files: ReadonlyMap<string, string>, { front }: World, services: readonly string[]): Map<string, string> {
        const workers = currentWorkers(front);
        const isOwn = (path: string) => this.#own.has(path);
        return new Map(services.flatMap(service => [...openServing(files, workers, service, isOwn)]));
    }
}
