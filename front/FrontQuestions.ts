import { randomBytes } from "node:crypto";
import { type DialResponse, request } from "../docker/dialer";
import { assertEveryWorker } from "../haproxy/WorkerResult";
import type { Color } from "../model/Color";
import { type Worker, workerKey } from "../model/FrontState";
import type { HealthSettings } from "../model/HealthSettings";
import { currentWorkers } from "../model/World";
import type { Answer, Questions } from "../up/Front";
import type { FrontAccess } from "./FrontAccess";
import { answerHeaders, confirmHeaders, listenerPorts } from "./frontends";

/** Longest that one such request may take: it is a health check, not a report. */
const longestAnswerMs = 5_000;

/**
 * Requests of ours through the front: a one-time secret tells HAProxy to send them to one service by name, whatever its
 * routes are, and to say who answered. Begun before a switch, they cost no time after it.
 */
export class FrontQuestions implements Questions {
    readonly #begun: { secret: string; workers: Worker[] }[] = [];
    #address = "";

    private constructor(
        private readonly access: FrontAccess,
        private readonly service: string,
    ) {}

    /** @throws when no front runs, or its HAProxy does not listen to us. End it. */
    static async begin(access: FrontAccess, service: string): Promise<FrontQuestions> {
        const questions = new FrontQuestions(access, service);
        await questions.renew();
        return questions;
    }

    /**
     * Takes another secret: a reload, for whatever reason, makes workers that do not know the first one.
     * @returns whether there was one that did not know it
     */
    async renew(): Promise<boolean> {
        const world = await this.access.observe([]);
        await this.access.forgetSecrets(world.front?.workers ?? []);
        const workers = currentWorkers(world.front);
        if (world.anchor?.address === undefined) {
            throw new Error("the front is not running");
        }
        if (workers.length === 0) {
            throw new Error("no worker of HAProxy can be talked to by its socket");
        }
        const knew = new Set(this.#begun.at(-1)?.workers.map(workerKey));
        const secret = randomBytes(16).toString("hex");
        this.#address = world.anchor.address;
        this.#begun.push({ secret, workers });
        const added = await this.access.runtime.addMap(workers, "confirm", secret, this.service);
        assertEveryWorker("a one-time secret", added);
        return workers.some(worker => !knew.has(workerKey(worker)));
    }

    /**
     * Sends one request through a listener.
     * @param color Which one the public listener shall ask, whatever its share is. @default as the link says
     * @throws when no connection or no answer came.
     */
    ask(listener: "http" | "preview", health: HealthSettings, color?: Color): Promise<Answer> {
        return ask(this.access, this.#address, listenerPorts[listener], health, {
            ...(color === undefined ? {} : { [answerHeaders.color]: color }),
            [confirmHeaders.secret]: this.#begun.at(-1)?.secret ?? "",
            [confirmHeaders.service]: this.service,
        });
    }

    /** Any request to the service through a listener. @throws when no connection or no answer came. */
    get(listener: "http" | "preview", path: string, host: string, timeoutMs: number): Promise<DialResponse> {
        const headers = {
            host,
            [confirmHeaders.secret]: this.#begun.at(-1)?.secret ?? "",
            [confirmHeaders.service]: this.service,
        };
        return request(this.access.dialer, {
            address: this.#address,
            port: listenerPorts[listener],
            path,
            headers,
            timeoutMs,
        });
    }

    async end(): Promise<void> {
        for (const { secret, workers } of this.#begun.splice(0)) {
            await this.access.runtime.deleteMapEntry(workers, "confirm", secret).catch(() => {
                // The worker is gone, and its memory with it.
            });
        }
    }
}

/** Sends one request straight to a container: the proof of a slot of the live color, which no listener singles out. */
export function askContainer(
    access: FrontAccess,
    address: string,
    port: number,
    health: HealthSettings,
): Promise<Answer> {
    return ask(access, address, port, health, {});
}

async function ask(
    access: FrontAccess,
    address: string,
    port: number,
    health: HealthSettings,
    headers: Record<string, string>,
): Promise<Answer> {
    const { status, headers: answered } = await request(access.dialer, {
        address,
        port,
        method: "GET",
        path: health.path ?? "/",
        headers: { host: health.host, ...headers },
        timeoutMs: Math.max(health.timeoutMs, longestAnswerMs),
    });
    const color = headerOf(answered, answerHeaders.color) as Color | undefined;
    const release = headerOf(answered, answerHeaders.release);
    const good = health.path === undefined || (status >= health.status.from && status <= health.status.to);
    const from = release === undefined ? "" : ` from ${color} (release ${release})`;
    return { status, color, release, good, text: `${status}${from}` };
}

function headerOf(headers: Record<string, unknown>, name: string): string | undefined {
    const value = headers[name];
    return typeof value === "string" ? value : undefined;
}
