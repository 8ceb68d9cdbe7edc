import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Engine } from "../../../docker/Engine";
import { execStream } from "../../../docker/exec";
import { Shell } from "../../../docker/Shell";

vi.mock("../../../docker/exec", () => ({ execStream: vi.fn() }));

beforeEach(() => {
    vi.useFakeTimers();
});

afterEach(() => {
    vi.useRealTimers();
    vi.resetAllMocks();
});

describe("commands in a container that does not answer", () => {
    it("end with an error, and the next one gets a new connection", async () => {
        // Input goes nowhere, and no output comes.
        const silent = () => Object.assign(new PassThrough(), { write: () => true }) as PassThrough;
        vi.mocked(execStream).mockImplementation(async () => silent());
        const shell = new Shell({} as Engine, "front", "0");
        const both = Promise.allSettled([shell.run(["true"]), shell.run(["true"])]);
        await vi.advanceTimersByTimeAsync(120_000);
        const error = "The connection into front was lost: a command has not ended within 120 s";
        expect((await both).map(result => (result as PromiseRejectedResult).reason.message)).toEqual([error, error]);
        const third = shell.run(["true"]).catch(() => {});
        await vi.advanceTimersByTimeAsync(120_000);
        await third;
        expect(execStream).toHaveBeenCalledTimes(2);
    });
});
