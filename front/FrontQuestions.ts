import { randomBytes } from "node:crypto";
import { converse } from "../docker/conversation";
import { type DialRequest, type DialResponse, request } from "../docker/dialer";
import { assertEveryWorker } from "../haproxy/WorkerResult";
import type { Color } from "../model/Color";
import { type Worker, workerKey } from "../model/FrontState";
import { currentWorkers } from "../model/World";
import type { Answer, AskedSettings, Questions } from "../up/Front";
import type { FrontAccess } from "./FrontAccess";
import { answerHeaders, confirmHeaders } from "./frontends";
import { listenerPorts } from "./listeners";
import { headerWith, localHeader } from "./proxyHeader";

/** How long such a request may take at least, milliseconds, also where the health check's own timeout is shorter. */
const leastTimeoutMs = 5_000;

/**
 * relink's own requests through the front. By a one-time secret HAProxy sends them to one service, whatever its routes are, and
 * says which color and release answered. They begin before a switch, so that the switch does not wait for the secret.
 */
export class FrontQuestions implements Questions {
    readonly #begun: { secret: string; workers: Worker[] }[] = [];
    #address = "";

    private constructor(
        private readonly access: FrontAccess,
        private readonly service: string,
    ) {}

    /**
     * Gives HAProxy a secret for a service. The caller ends it.
     * @throws Error where the front does not run, or HAProxy does not answer
     */
    static async begin(access: FrontAccess, service: string): Promise<FrontQuestions> {
        const questions = new FrontQuestions(access, service);
        await questions.renew();
        return questions;
    }

    /**
     * Gives HAProxy another secret, because a reload makes workers that do not know the one before.
     * @returns whether a worker did not know the one before
     */
    async renew(): Promise<boolean> {
        const world = await this.access.observe([]);
        await this.access.forgetSecrets(world.front?.workers ?? []);
        const workers = currentWorkers(world.front);
        if (world.anchor?.address === undefined) {
            throw new Error("the front is not running");
        }
        if (workers.length === 0) {
            throw new Error("HAProxy does not answer on its admin socket");
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
     * Sends the health check's request through a listener. Of a TCP service HAProxy itself answers it, and a conversation with
     * the color that it names follows.
     * @param color the color that the public listener asks, whatever its share is. @default the link decides
     * @throws Error where no answer comes
     */
    async ask(listener: "http" | "preview", settings: AskedSettings, color?: Color): Promise<Answer> {
        const secret = this.#begun.at(-1)?.secret ?? "";
        const to = { address: this.#address, port: listenerPorts[listener] };
        const answer = await ask(this.access, to, settings.health, {
            ...(color === undefined ? {} : { [answerHeaders.color]: color }),
            [confirmHeaders.secret]: secret,
            [confirmHeaders.service]: this.service,
        });
        if (settings.protocol !== "tcp" || answer.release === undefined) {
            return answer;
        }
        const probe = { address: this.#address, port: listenerPorts.probe };
        const spoken = await talk(this.access, probe, settings, headerWith(`${secret}/${answer.color}`));
        return { ...answer, ...spoken, text: `${answer.text}, ${spoken.text}` };
    }

    /**
     * Sends a request to the service through a listener.
     * @throws Error where no answer comes
     */
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
                // The worker is gone, and the secret in its memory too.
            });
        }
    }
}

/**
 * Sends the health check's request directly to a container, or has a TCP service's conversation with it. No listener can choose
 * one slot, so its proof goes this way.
 */
export async function askContainer(access: FrontAccess, address: string, settings: AskedSettings): Promise<Answer> {
    const { port = 0, protocol, sendProxy, health } = settings;
    return protocol === "tcp"
        ? talk(access, { address, port }, settings, sendProxy && localHeader)
        : ask(access, { address, port, protocol }, health, {});
}

/** Has the conversation of a TCP service's health check. Where that check asks a page, a connection is enough. */
async function talk(
    { dialer }: FrontAccess,
    to: Pick<DialRequest, "address" | "port">,
    { health: { send, expect, timeoutMs } }: AskedSettings,
    head: Buffer | undefined,
): Promise<Pick<Answer, "status" | "good" | "text">> {
    try {
        await converse(dialer, { ...to, head, send, expect, timeoutMs: Math.max(timeoutMs, leastTimeoutMs) });
        return { status: 200, good: true, text: expect === undefined ? "connected" : "answered as expected" };
    } catch (error) {
        return { status: 502, good: false, text: (error as Error).message };
    }
}

async function ask(
    access: FrontAccess,
    to: Pick<DialRequest, "address" | "port" | "protocol">,
    health: AskedSettings["health"],
    headers: Record<string, string>,
): Promise<Answer> {
    const { status, headers: answered } = await request(access.dialer, {
        ...to,
        method: "GET",
        path: health.path ?? "/",
        headers: { host: health.host, ...headers },
        timeoutMs: Math.max(health.timeoutMs, leastTimeoutMs),
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
