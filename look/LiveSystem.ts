import { Engine } from "../docker/Engine";
import { dangerOf, defaultSocket, formatEngineAddress } from "../docker/EngineAddress";
import { Runtime } from "../haproxy/runtime";
import { readRecords } from "../journal/RecordStore";
import type { LeaseFile } from "../model/Lease";
import { frontNames, type Target } from "../model/Target";
import type { World } from "../model/World";
import { readWorld } from "./readWorld";
import { runInAnchor } from "./runInAnchor";

/** How another client of Docker reaches the same Engine. */
export interface Endpoint {
    /** `unix:///path` or `tcp://host:port`. */
    url: string;
    /** Whether every client looks there when nothing names an Engine. */
    isDefault: boolean;
    /** Folder of the TLS certificates, when the connection uses some. */
    certificates?: string;
}

/** The Docker host of a stack, connected. */
export class LiveSystem {
    private constructor(
        readonly engine: Engine,
        readonly target: Target,
    ) {}

    /** @throws DockerUnreachable when the Docker Engine does not answer; the message says the next step */
    static async connect(target: Target): Promise<LiveSystem> {
        const engine = Engine.connect(target.host);
        await engine.ping();
        return new LiveSystem(engine, target);
    }

    get endpoint(): Endpoint {
        const { address } = this.engine;
        return {
            url: formatEngineAddress(address),
            isDefault: address.kind === "unix" && address.socketPath === defaultSocket,
            certificates: address.kind === "tcp" ? address.tls?.folder : undefined,
        };
    }

    /** Why somebody could listen to the connection, in words; undefined when nobody can. */
    get danger(): string | undefined {
        return dangerOf(this.engine.address);
    }

    /**
     * Reads what an `up` reads. When HAProxy does not answer, Docker and the record still tell most of it.
     * @returns the world, and why HAProxy could not be asked
     */
    async lookLeniently(): Promise<{ world: World; haproxyProblem?: string }> {
        const runtime = new Runtime(runInAnchor(this.engine, this.target.front));
        let haproxyProblem: string | undefined;
        const world = await readWorld(this.engine, this.target, {
            front: () =>
                runtime.observe().catch((error: Error) => {
                    haproxyProblem = error.message;
                    return undefined;
                }),
        });
        return { world, haproxyProblem };
    }

    /** @returns the lease of another `up` that changes the front now, or undefined. */
    async heldLease(): Promise<LeaseFile | undefined> {
        const { lease } = await readRecords(this.engine, frontNames(this.target.front).anchor);
        const isHeld = lease !== undefined && !lease.holder.isDead() && (await this.engine.now()) < lease.expires;
        return isHeld ? lease : undefined;
    }
}
