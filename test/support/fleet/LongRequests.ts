import { expect } from "vitest";
import { type LongStream, OpenWebSocket, openStream } from "../longRequests";
import type { Fleet } from "./Fleet";
import { type Member, members, type Name } from "./members";

/** Longer than any `up`, seconds. */
const streamSeconds = 300;

/** WebSockets and streams that are open while things happen. */
export class LongRequests {
    private constructor(
        private readonly webSockets: { version: string; webSocket: OpenWebSocket }[],
        private readonly streams: LongStream[],
    ) {}

    /** @param names services of which each gets one */
    static async begin(
        fleet: Fleet,
        names: { webSockets: readonly Name[]; streams: readonly Name[] },
    ): Promise<LongRequests> {
        const at = (name: Name) => {
            const { host, path = "" }: Member["users"] = members[name].users;
            return { url: `${fleet.stack.url}${path}`, host };
        };
        const webSockets = names.webSockets.map(async name => {
            const { url, host } = at(name);
            return { version: fleet.version(name), webSocket: await OpenWebSocket.open(url, host) };
        });
        const streams = names.streams.map(async name => {
            const { url, host } = at(name);
            const stream = await openStream(url, streamSeconds, host);
            expect(stream.version).toBe(fleet.version(name));
            return stream;
        });
        return new LongRequests(await Promise.all(webSockets), await Promise.all(streams));
    }

    /** Each WebSocket still talks to the release that it began with, and each stream goes on. Ends them. */
    async expectOpen(): Promise<void> {
        for (const { version, webSocket } of this.webSockets) {
            expect(webSocket.closed).toBeUndefined();
            expect(await webSocket.echo()).toBe(version);
        }
        await Promise.all(this.streams.map(stream => stream.goesOn()));
        this.end();
    }

    end(): void {
        for (const { webSocket } of this.webSockets) {
            webSocket.end();
        }
        for (const stream of this.streams) {
            stream.end();
        }
    }
}
