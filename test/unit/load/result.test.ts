import { afterEach, describe, expect, test } from "vitest";
import { expectNoLoss, type LoadRun, startLoad } from "../../support/load";
import { Latencies } from "../../support/load/Latencies";
import { planLoad } from "../../support/load/LoadOptions";
import { findSwitches } from "../../support/load/summarize";
import { acts, type FaultyServer, responseTo, startFaultyServer } from "./faultyServer";

describe("a load in its own process", () => {
    let server: FaultyServer;
    let run: LoadRun;
    afterEach(async () => {
        run.kill();
        await server.close();
    });

    test("counts by version, phase and lane, and ends at its bound", async () => {
        let version = "v1";
        server = await startFaultyServer(
            { answer: (socket, request) => socket.write(responseTo(request, { version })) },
            () => "answer",
        );
        run = await startLoad({ url: server.url, connections: 4, mix: { post: 1 }, maxRequests: 3000 });
        await run.until(counts => counts.requests >= 500, "500 requests");
        await run.mark("release");
        version = "v2";
        await run.finished;
        const result = await run.stop();

        expect(result).toMatchObject({
            requests: 3000,
            answered: 3000,
            failed: 0,
            open: 0,
            boundReached: "maxRequests",
        });
        expect(server.received).toBe(3000);
        expect(result.byVersion.v1!.requests + result.byVersion.v2!.requests).toBe(3000);
        expect(result.byLane.get! + result.byLane.post!).toBe(3000);
        expect(result.phases.map(phase => phase.name)).toEqual(["start", "release"]);
        expect(result.phases[0]!.requests + result.phases[1]!.requests).toBe(3000);
        expect(Object.keys(result.phases[0]!.byVersion)).toEqual(["v1"]);
        expect(result.phases[1]!.byVersion.v2).toBeDefined();
        expect(result.latency.count).toBe(3000);
        for (const version of ["v1", "v2"]) {
            const lanes = result.buckets.flatMap(({ answered }) => Object.values(answered[version] ?? {}));
            expect(lanes.reduce((sum, count) => sum + count, 0)).toBe(result.byVersion[version]!.requests);
        }
        expect(result.buckets.reduce((sum, { latency }) => sum + latency.count, 0)).toBe(3000);
        expect(result.buckets.map(({ second }) => second)).toEqual(result.buckets.map((_, index) => index));
        expect(result.latency.p99Ms).toBeGreaterThanOrEqual(result.latency.p50Ms);
        expect(() => expectNoLoss(result, { atLeast: 3000 })).toThrow("the load ended by itself, by its maxRequests");
        expectNoLoss(result, { atLeast: 3000, allowed: ["maxRequests"] });
    });

    test("is stopped on request, and reports its losses", async () => {
        server = await startFaultyServer(acts, number => (number === 100 ? "resetWithoutAnswer" : "answer"));
        run = await startLoad({ url: server.url, ratePerSecond: 2000, connections: 4, mix: {} });
        await run.until(counts => counts.failed > 0, "a failure");
        const result = await run.stop();
        expect(result.failed).toBe(1);
        expect(() => expectNoLoss(result, { atLeast: 1 })).toThrow(
            /1 of \d+ requests failed \(1 reset\)\n {2}at \d+ ms .*get reset \(ECONNRESET\), request \d+ on connection \d/,
        );
        expect(() => expectNoLoss({ ...result, longestPauseMs: 2500 }, { atLeast: 1 })).toThrow(
            /the load client itself stood still for up to 2500 ms/,
        );
        expect(() => expectNoLoss(result, { atLeast: 1_000_000 })).toThrow(/at least 1000000 are needed/);
    });

    test("gets with a mark the versions that may answer from then on", async () => {
        server = await startFaultyServer(acts, () => "answer");
        const answeredBy = { versions: ["v1"] };
        run = await startLoad({ url: server.url, ratePerSecond: 500, connections: 2, mix: {}, answeredBy });
        await run.until(counts => counts.answered >= 50, "answers");
        await run.mark("v2 alone", { versions: ["v2"] });
        await run.until(counts => counts.failed >= 50, "answers of the wrong version");
        const { phases, failuresByKind, failed, failures } = await run.stop();
        expect(phases[0]).toMatchObject({ failed: 0, open: 0 });
        expect(phases[1]).toMatchObject({ answered: 0, failed });
        expect(failuresByKind).toEqual({ "wrong version": failed });
        expect(failures[0]).toMatchObject({ version: "v1", detail: "v1 instead of v2" });
    });

    test("a failure that is allowed for one version is not allowed for another one, and is still reported", async () => {
        const version = (number: number) => (number % 2 === 0 ? "sick" : "v1");
        server = await startFaultyServer(
            {
                ...acts,
                sick: (socket, request) =>
                    socket.write(responseTo(request, { version: "sick", status: "500 Internal Server Error" })),
                sickButGood: (socket, request) => socket.write(responseTo(request, { version: "sick" })),
            },
            number =>
                number === 90
                    ? "unavailable"
                    : number === 80
                      ? "sickButGood"
                      : version(number) === "sick"
                        ? "sick"
                        : "answer",
        );
        run = await startLoad({ url: server.url, connections: 1, mix: {}, maxRequests: 100 });
        await run.finished;
        const result = await run.stop();
        const allowed = ["maxRequests", { kind: "5xx", of: "sick" }] as const;
        expect(result).toMatchObject({ requests: 100, failed: 49, answered: 51 });
        expect(result.failuresByVersion).toEqual({ sick: { "5xx": 48 }, v1: { "5xx": 1 } });
        expect(() => expectNoLoss(result, { atLeast: 100, allowed })).toThrow(
            /^1 of 100 requests failed \(1 5xx\)\n {2}at \d+ ms .* get 5xx from v1 \(status 503\)[^\n]*$/,
        );
    });
});

test("a switch is found at the first answer of the new version, with the time in which both answered", () => {
    const seen = (firstSeenMs: number, lastSeenMs: number) => ({ requests: 1, firstSeenMs, lastSeenMs });
    expect(findSwitches({ v2: seen(500, 900), v1: seen(0, 512) })).toEqual([
        { from: "v1", to: "v2", atMs: 500, overlapMs: 12 },
    ]);
    expect(findSwitches({ v1: seen(0, 400), v2: seen(500, 900) })).toEqual([
        { from: "v1", to: "v2", atMs: 500, overlapMs: 0 },
    ]);
    expect(findSwitches({ v1: seen(0, 400) })).toEqual([]);
});

test("latencies can be read for any window afterwards", () => {
    const latencies = new Latencies();
    for (let second = 0; second < 200_000; second += 1) {
        latencies.add(second, second < 100_000 ? 1 : 100);
    }
    expect(latencies.within({ fromMs: 0, toMs: 100_000 })).toMatchObject({ count: 100_000, p50Ms: 1, maxMs: 1 });
    const all = { fromMs: 0, toMs: 200_000 };
    expect(latencies.within(all, [{ fromMs: 0, toMs: 100_000 }])).toMatchObject({ count: 100_000 });
    expect(latencies.within(all).p99Ms).toBeCloseTo(100, 0);
    expect(latencies.within({ fromMs: -2, toMs: -1 })).toEqual({ count: 0, p50Ms: 0, p99Ms: 0, maxMs: 0 });
});

test("a mix that needs more connections and an unknown protocol are refused", () => {
    expect(() => planLoad({ url: "http://127.0.0.1:1", connections: 2, mix: { post: 3 } })).toThrow("asks for 3");
    expect(() => planLoad({ url: "ftp://127.0.0.1:1" })).toThrow("http and https only");
    expect(planLoad({ url: "https://shop.example.com/" })).toMatchObject({
        port: 443,
        tls: { serverName: "shop.example.com" },
    });
    expect(planLoad({ url: "http://[::1]:81/x?y" })).toMatchObject({ host: "::1", port: 81, path: "/x?y" });
});
