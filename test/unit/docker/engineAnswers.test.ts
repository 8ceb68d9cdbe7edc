import { afterEach, describe, expect, it } from "vitest";
import { inspectContainers, removeContainer, startContainer, stopContainer } from "../../../docker/containers";
import { type EngineAnswer, FakeEngine } from "./FakeEngine";

let fake: FakeEngine;
afterEach(() => fake.close());

/** @returns an Engine that gives this answer to one kind of request, and succeeds in all others */
async function answering(what: RegExp, ...answer: EngineAnswer) {
    fake = await FakeEngine.start(({ method, path }) => (what.test(`${method} ${path}`) ? answer : [204, ""]));
    return fake.engine;
}

describe("a container that is stopped", () => {
    it("loses its restart policy first, because Docker would start it again with its daemon", async () => {
        await stopContainer(await answering(/nothing/, 204, ""), "a", 1_500);
        expect(fake.asked).toEqual(["POST /containers/a/update", "POST /containers/a/stop"]);
        expect(JSON.parse(fake.calls[0]!.body.toString())).toEqual({ RestartPolicy: { Name: "no" } });
        expect(fake.calls[1]!.query.get("t")).toBe("2");
    });

    it("may already be stopped or gone, and every other answer is an error", async () => {
        for (const status of [304, 404]) {
            await stopContainer(await answering(/stop$/, status, { message: "as it was" }), "a", 0);
            await fake.close();
        }
        const failed = stopContainer(await answering(/stop$/, 500, { message: "cannot kill" }), "a", 0);
        await expect(failed).rejects.toThrow("cannot kill");
    });
});

describe("a container that is removed", () => {
    it("may already be gone, and every other answer is an error", async () => {
        await removeContainer(await answering(/^DELETE/, 404, { message: "gone" }), "a");
        await fake.close();
        const failed = removeContainer(await answering(/^DELETE/, 500, { message: "device busy" }), "a");
        await expect(failed).rejects.toThrow("device busy");
    });
});

describe("a container that is started", () => {
    it("may already run, but must exist", async () => {
        await startContainer(await answering(/start$/, 304, ""), "a");
        await fake.close();
        const failed = startContainer(await answering(/start$/, 404, { message: "No such container: a" }), "a");
        await expect(failed).rejects.toThrow("No such container: a");
    });
});

describe("a container that is inspected", () => {
    it("has its own fixed address, running or not", async () => {
        const stopped = {
            Id: "a",
            Name: "/a",
            Config: {},
            State: { Status: "exited", StartedAt: "2026-01-01T00:00:00Z" },
            HostConfig: {},
            NetworkSettings: { Networks: { front: { IPAMConfig: { IPv4Address: "10.0.0.7" }, IPAddress: "" } } },
        };
        const [found] = await inspectContainers(await answering(/json$/, 200, stopped), [{ Id: "a" }], "front");
        expect(found).toMatchObject({ state: "exited", address: "10.0.0.7" });
    });
});
