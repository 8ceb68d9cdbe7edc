import { readMap, removeMapEntry, writeMapEntry } from "../haproxy/maps";
import { backendFile, backendName } from "../haproxy/names";
import { assertEveryWorker } from "../haproxy/WorkerResult";
import { slotAddress } from "../model/addresses";
import type { Color } from "../model/Color";
import type { Worker } from "../model/FrontState";
import { LinkValue } from "../model/LinkValue";
import { idleColor } from "../model/Live";
import type { Backend, BackendConfiguration, BackendContent, SlotState } from "../up/Backend";
import { renderBackend } from "./configuration";
import type { FrontAccess } from "./FrontAccess";
import { removeAccess } from "./listenerFiles";
import { SlotAdmission } from "./SlotAdmission";
import { type StickyCookie, stickyCookie } from "./stickyCookie";
import { tellSlots } from "./tellSlots";

/** One color's backend in the HAProxy on the Docker host. */
export class ColorBackend implements Backend {
    readonly #name: string;
    readonly #file: string;

    constructor(
        private readonly access: FrontAccess,
        private readonly service: string,
        private readonly color: Color,
    ) {
        this.#name = backendName(service, color);
        this.#file = backendFile(service, color);
    }

    async write(content: BackendContent): Promise<void> {
        const text = textOf(this.service, this.color, content, await this.#sticky(content));
        await this.access.configure(files => files.set(this.#file, text), this.#file);
    }

    async configure({ otherBlock, ...content }: BackendConfiguration): Promise<void> {
        const { service, color } = this;
        const sticky = await this.#sticky(content);
        await this.access.configure(files => {
            files.set(this.#file, textOf(service, color, content, sticky));
            writeMapEntry(files, "releases", this.#name, content.release.id ?? "");
            if (otherBlock !== undefined) {
                addOther(files, service, color, { ...content, block: otherBlock, open: [], sticky });
            }
            return files;
        }, this.#file);
    }

    async hasSameChecks(content: BackendContent): Promise<boolean> {
        const files = await this.access.readFiles();
        return checksOf(files.get(this.#file) ?? "") === checksOf(textOf(this.service, this.color, content));
    }

    /** @returns the cookie of a service that keeps each user on one container */
    async #sticky({ release }: BackendContent): Promise<StickyCookie | undefined> {
        if (release.settings.sticky === undefined) {
            return undefined;
        }
        const { records } = await this.access.observe([this.service]);
        if (records.key === undefined) {
            throw new Error(
                `the record of the front has no key for the cookie of ${this.service}: run pulumi up again`,
            );
        }
        return stickyCookie(records.key, this.service);
    }

    async tellRelease(release: string): Promise<void> {
        const { front } = await this.access.observe([this.service]);
        const told = await this.access.runtime.setMap(front?.workers ?? [], "releases", this.#name, release);
        assertEveryWorker(`the release of ${this.#name}`, told);
    }

    async tellSlots(slots: readonly number[], state: SlotState): Promise<void> {
        await this.#tell(() => new Map(slots.map(slot => [slot, { state }])));
    }

    async tellOnly(open: readonly number[]): Promise<void> {
        await this.#tell(workers => {
            const left = workers.flatMap(({ backends }) => {
                const servers = backends.get(this.#name)?.servers.values() ?? [];
                return [...servers].filter(({ admin, slot }) => admin !== "maint" && !open.includes(slot));
            });
            const changes = new Map<number, { state: SlotState }>(left.map(({ slot }) => [slot, { state: "maint" }]));
            for (const slot of open) {
                changes.set(slot, { state: "ready" });
            }
            return changes;
        });
    }

    async remove(withLink: boolean): Promise<void> {
        await this.access.configure(files => {
            files.delete(this.#file);
            removeMapEntry(files, "releases", this.#name);
            if (withLink) {
                removeMapEntry(files, "link", this.service);
                removeAccess(files, this.service);
            }
            return files;
        }, this.#file);
    }

    admission(slots: readonly number[]): SlotAdmission {
        return new SlotAdmission(this.access, this.service, this.color, slots);
    }

    #tell(changesOf: (workers: Worker[]) => ReadonlyMap<number, { state: SlotState }>): Promise<void> {
        return tellSlots(this.access, this.service, this.color, changesOf);
    }
}

/**
 * Adds the other color's backend with all slots closed, where it is missing. Also adds a link to no color where the service
 * has none: with it the preview listener reaches a first release, for instance for the hook before its promotion.
 */
function addOther(
    files: Map<string, string>,
    service: string,
    color: Color,
    { sticky, ...content }: BackendContent & { sticky?: StickyCookie },
): void {
    const other = idleColor(color);
    if (!files.has(backendFile(service, other))) {
        files.set(backendFile(service, other), textOf(service, other, content, sticky));
    }
    if (!readMap(files, "link").has(service)) {
        writeMapEntry(files, "link", service, LinkValue.none(color));
    }
}

function textOf(
    service: string,
    color: Color,
    { release, block, open }: BackendContent,
    sticky?: StickyCookie,
): string {
    const { port = 0, routePorts, protocol, sendProxy, health, timeouts, backendLines } = release.settings;
    return renderBackend({
        service,
        color,
        port,
        routePorts,
        protocol,
        sendProxy,
        health,
        serverTimeoutMs: timeouts.serverMs,
        lines: backendLines,
        sticky,
        slots: Array.from({ length: block.size }, (_, index) => ({
            number: index + 1,
            address: slotAddress(block, index + 1),
            enabled: open.includes(index + 1),
        })),
    });
}

/** @returns the lines of a backend's file that decide whether a container is up: ports and health check, without open or closed */
function checksOf(backend: string): string {
    const checks =
        /^\s+(server|option (?:httpchk|tcp-check)|http-check|tcp-check|default-server (?:port|send-proxy-v2)) /;
    const lines = backend.split("\n").filter(line => checks.test(`${line} `));
    return lines.map(line => line.replace(/ disabled$/, "")).join("\n");
}
