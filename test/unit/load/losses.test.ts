import type { Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { expectNoLoss } from "../../support/load";
import { type LoadOptions, planLoad } from "../../support/load/LoadOptions";
import type { FailureKind, LoadResult } from "../../support/load/LoadResult";
import { LocalLoad } from "../../support/load/LocalLoad";
import {
    type Act,
    acts,
    type FaultyServer,
    lineOf,
    type Received,
    responseTo,
    startFaultyServer,
} from "./faultyServer";

type Who = Parameters<typeof lineOf>[0];

const everyNth = 7;
const requests = 700;
const faults = requests / everyNth;

let server: FaultyServer;
afterEach(() => server.close());

/** Sends all requests over kept connections. The server does `fault` with every 7th request. */
async function loadWith(fault: keyof typeof acts, options: Partial<LoadOptions> = {}): Promise<LoadResult> {
    server = await startFaultyServer(acts, number => (number % everyNth === 0 ? fault : "answer"));
    return runToEnd({ mix: { post: 3 }, maxRequests: requests, ...options });
}

async function runToEnd(options: Partial<LoadOptions>): Promise<LoadResult> {
    const load = new LocalLoad(planLoad({ url: server.url, connections: 8, mix: {}, ...options }));
    await load.settled;
    return load.stop();
}

function expectLosses(result: LoadResult, byKind: Partial<Record<FailureKind, number>>): void {
    const failed = Object.values(byKind).reduce((sum, count) => sum + count, 0);
    expect(result.failuresByKind).toEqual(byKind);
    expect(result).toMatchObject({ requests, failed, answered: requests - failed, open: 0 });
    expect(result.buckets.reduce((sum, bucket) => sum + bucket.failed, 0)).toBe(failed);
    expect(result.failures).toHaveLength(Math.min(20, failed));
    expect(server.received).toBe(requests);
}

describe("the load client reports each loss, exactly", () => {
    const cases: [string, keyof typeof acts, FailureKind][] = [
        ["a server that closes without answering", "closeWithoutAnswer", "closed before response"],
        ["a server that resets without answering", "resetWithoutAnswer", "reset"],
        ["a head that ends in the middle", "truncateHead", "closed before response"],
        ["a body shorter than its content-length", "truncate", "closed mid-body"],
        ["a chunked body without its last chunk", "truncateChunks", "closed mid-body"],
        ["a reset in the middle of a body", "resetMidBody", "closed mid-body"],
        ["a body that ends early, without a length", "truncateWithoutLength", "closed mid-body"],
        ["a 503", "unavailable", "5xx"],
        ["a 404", "notFound", "4xx"],
        ["a redirect", "redirect", "redirect"],
        ["an answer without a body, by its status", "noContent", "unexpected status"],
        ["another request's answer", "otherId", "wrong id"],
        ["another request's answer, with the right id in its head", "otherIdInBody", "wrong id"],
        ["an answer without an id", "withoutId", "wrong id"],
        ["another service's answer", "otherService", "wrong service"],
        ["another version's answer", "otherVersion", "wrong version"],
        ["one version's head with another one's body", "otherVersionInBody", "wrong version"],
        ["a page of another program", "otherBody", "wrong body"],
        ["an answer to another method", "otherMethod", "wrong body"],
        ["an answer to a request of another length", "otherLengthOfRequest", "wrong body"],
        ["two answers to one request", "answerTwice", "answered twice"],
        ["bytes that are not a response", "garbage", "malformed"],
    ];
    test.each(cases)("%s", async (_name, fault, kind) => {
        const result = await loadWith(fault, { answeredBy: { services: ["hello"], versions: ["v1"] } });
        expectLosses(result, { [kind]: faults });
        expect(server.done).toEqual({ answer: requests - faults, [fault]: faults });
        const bound = { atLeast: requests, allowed: ["maxRequests"] } as const;
        expect(() => expectNoLoss(result, bound)).toThrow(
            `${faults} of ${requests} requests failed (${faults} ${kind})`,
        );
        expectNoLoss(result, { ...bound, allowed: [...bound.allowed, kind] });
    });

    test("a second answer that comes later, while no request is open", async () => {
        const later = (socket: Socket, request: Received): void => {
            acts.answer(socket, request);
            setTimeout(() => acts.answer(socket, request), 5);
        };
        server = await startFaultyServer({ ...acts, later }, number => (number === 5 ? "later" : "answer"));
        const result = await runToEnd({ maxRequests: 12, connections: 1, ratePerSecond: 40 });
        expect(result).toMatchObject({ requests: 12, answered: 11, failed: 1, open: 0 });
        expect(result.failuresByKind).toEqual({ "answered twice": 1 });
        expect(result.buckets.reduce((sum, { answered }) => sum + (answered.v1?.get ?? 0), 0)).toBe(11);
    });

    test("the answers of two connections, exchanged", async () => {
        const waiting: [Socket, Received][] = [];
        const exchange = (socket: Socket, request: Received): void => {
            const [other] = waiting.splice(0);
            if (other === undefined) {
                waiting.push([socket, request]);
            } else {
                acts.answer(socket, other[1]);
                acts.answer(other[0], request);
            }
        };
        server = await startFaultyServer({ exchange }, () => "exchange");
        const result = await runToEnd({ maxRequests: 40, connections: 2 });
        expect(result).toMatchObject({ requests: 40, failed: 40, failuresByKind: { "wrong id": 40 } });
    });

    test.each([
        ["a line", (who: Who) => lineOf(who, 1, 2)],
        ["the id of a line", (who: Who) => lineOf(who, 1, 2) + lineOf({ ...who, id: "another" }, 2, 2)],
    ])("a streaming response without %s", async (_name, bodyOf) => {
        const bad: Act = (socket, request) =>
            socket.write(responseTo(request, { body: bodyOf({ ...request, version: "v1" }) }));
        server = await startFaultyServer({ ...acts, bad }, number => (number % everyNth === 0 ? "bad" : "answer"));
        const paths = { stream: "/stream?seconds=0.2" };
        const result = await runToEnd({ maxRequests: requests, connections: 4, mix: { stream: 4 }, paths });
        expectLosses(result, { "wrong body": faults });
        expect(result.streams).toEqual({ opened: requests, completed: requests - faults, cut: faults });
    });

    test("a server that stalls, before the response or in the middle of it", async () => {
        server = await startFaultyServer(acts, number =>
            number === 5 ? "stall" : number === 9 ? "stallMidBody" : "answer",
        );
        const result = await runToEnd({ maxRequests: requests, timeoutMs: 3_000 });
        expectLosses(result, { timeout: 2 });
        expect(result.failures.map(failure => failure.detail).sort()).toEqual([
            "no response",
            "status 200, 5 bytes of the body",
        ]);
    });

    test("a kept connection that closes as the next request arrives", async () => {
        // The server answers the first request of each connection, and closes the connection at the second one.
        const known = new WeakSet<Socket>();
        let closed = 0;
        const answerOnce = (socket: Socket, request: Received): void => {
            if (known.has(socket)) {
                closed += 1;
                acts.closeWithoutAnswer(socket);
            } else {
                known.add(socket);
                acts.answer(socket, request);
            }
        };
        server = await startFaultyServer({ answerOnce }, () => "answerOnce");
        const result = await runToEnd({ maxRequests: requests });
        expectLosses(result, { "closed before response": closed });
        expect(closed).toBe(requests - server.connections);
        expect(result.failures.every(failure => failure.requestOnConnection === 2)).toBe(true);
    });

    test("a server that closes after each response without announcing it: every request without an answer", async () => {
        let answered = 0;
        const answerAndCloseUnannounced = (socket: Socket, request: Received): void => {
            // The next request may arrive after the close.
            answered += socket.writable ? 1 : 0;
            socket.end(responseTo(request));
        };
        server = await startFaultyServer({ answerAndCloseUnannounced }, () => "answerAndCloseUnannounced");
        const result = await runToEnd({ maxRequests: requests });
        expect(result).toMatchObject({ requests, answered, failed: requests - answered, open: 0 });
    });

    test("a port without a listener", async () => {
        // The server holds the port on 127.0.0.1, so that no other test gets it. Other addresses have no listener.
        server = await startFaultyServer(acts, () => "answer");
        const url = server.url.replace("127.0.0.1", "127.0.0.2");
        const result = await runToEnd({
            url,
            maxRequests: 40,
            mix: { newConnection: 1, slow: 1, stream: 1, webSocket: 1 },
        });
        expect(result).toMatchObject({ requests: 40, failed: 40, failuresByKind: { connect: 40 } });
    });
});

describe("the load client reports no loss of its own", () => {
    const good: (keyof typeof acts)[] = ["answer", "answerAndClose", "answerUntilClose", "answerInChunks"];
    test.each(good)("with a server that does: %s", async act => {
        const result = await loadWith(act, { mix: { post: 2, newConnection: 1, slow: 1, stream: 1 } });
        expectLosses(result, {});
        expect(result.byStatus).toEqual({ 200: requests });
        expect(result.streams.completed).toBe(result.byLane.stream);
    });

    test("when it is stopped: requests without an answer count as open", async () => {
        server = await startFaultyServer(acts, () => "stall");
        const load = new LocalLoad(planLoad({ url: server.url, connections: 3, mix: { slow: 3 }, timeoutMs: 300 }));
        const result = await load.stop();
        expect(result).toMatchObject({ requests: 3, answered: 0, failed: 0, open: 3 });
    });
});

test("streams that are cut count as streams and as lost requests", async () => {
    const result = await loadWith("truncateChunks", { connections: 4, mix: { stream: 4 } });
    expectLosses(result, { "closed mid-body": faults });
    expect(result.streams).toEqual({ opened: requests, completed: requests - faults, cut: faults });
});
