import { extract } from "tar-stream";
import { afterEach, describe, expect, it } from "vitest";
import {
    type ContainerSpec,
    createContainer,
    inspectContainers,
    removeContainer,
    startContainer,
    stopContainer,
} from "../../../docker/containers";
import { writeSecretFiles } from "../../../docker/secretFiles";
import { recorded } from "../plan/support";
import { type EngineAnswer, type EngineCall, FakeEngine } from "./FakeEngine";

let fake: FakeEngine;
afterEach(() => fake.close());

/** An Engine that answers one kind of request like this, and succeeds in all else. */
async function answering(what: RegExp, ...answer: EngineAnswer) {
    fake = await FakeEngine.start(({ method, path }) => (what.test(`${method} ${path}`) ? answer : [204, ""]));
    return fake.engine;
}

describe("a container that is stopped", () => {
    it("loses its restart policy first, or Docker would start it again with its daemon", async () => {
        await stopContainer(await answering(/nothing/, 204, ""), "a", 1_500);
        expect(fake.asked).toEqual(["POST /containers/a/update", "POST /containers/a/stop"]);
        expect(JSON.parse(fake.calls[0]!.body.toString())).toEqual({ RestartPolicy: { Name: "no" } });
        expect(fake.calls[1]!.query.get("t")).toBe("2");
    });

    it("may be stopped or gone already, and anything else is an error", async () => {
        for (const status of [304, 404]) {
            await stopContainer(await answering(/stop$/, status, { message: "as it was" }), "a", 0);
            await fake.close();
        }
        const failed = stopContainer(await answering(/stop$/, 500, { message: "cannot kill" }), "a", 0);
        await expect(failed).rejects.toThrow("cannot kill");
    });
});

describe("a container that is removed", () => {
    it("may be gone already, and anything else is an error", async () => {
        await removeContainer(await answering(/^DELETE/, 404, { message: "gone" }), "a");
        await fake.close();
        const failed = removeContainer(await answering(/^DELETE/, 500, { message: "device busy" }), "a");
        await expect(failed).rejects.toThrow("device busy");
    });
});

describe("a container that is started", () => {
    it("may run already, and must be there", async () => {
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

const spec = {
    name: "web",
    imageId: "sha256:1",
    release: { ...recorded("A").settings, secrets: ["KEY"] },
    secretValues: { KEY: "hunter2" },
    labels: { "relink.color": "blue" },
    env: {},
    network: { name: "front" },
} satisfies ContainerSpec;

describe("a container that is created", () => {
    it("has none of our labels from its image", async () => {
        const Labels = { "relink.generation": "99", "relink.color": "green", mine: "1" };
        fake = await FakeEngine.start(({ method, path }) =>
            path.startsWith("/images/") ? [200, { Config: { Labels } }] : method === "POST" ? [500, {}] : undefined,
        );
        await expect(createContainer(fake.engine, spec)).rejects.toThrow();
        const { body } = fake.calls.find(({ path }) => path === "/containers/create")!;
        expect(JSON.parse(body.toString()).Labels).toEqual({ "relink.generation": "", "relink.color": "blue" });
    });

    it("has its image inspected once, however many there are, and again after a failure", async () => {
        let isUp = false;
        fake = await FakeEngine.start(({ method, path }) =>
            path.startsWith("/images/")
                ? [isUp ? 200 : 500, { Config: {} }]
                : method === "POST"
                  ? [201, { Id: "a" }]
                  : [200, { Config: {} }],
        );
        const create = () => createContainer(fake.engine, spec);
        const looks = () => fake.calls.filter(({ path }) => path.startsWith("/images/")).length;
        await expect(create()).rejects.toThrow();
        isUp = true;
        await Promise.all([create(), create(), create()]);
        expect(looks()).toBe(2);
    });
});

describe("secrets", () => {
    it("are files that the container's own user alone can read", async () => {
        await writeSecretFiles(await answering(/./, 200, { Config: { User: "1000:50" } }), "a", spec);
        const { body } = fake.calls.at(-1)!;
        const headers: object[] = [];
        const archive = extract();
        archive.end(body);
        for await (const entry of archive) {
            headers.push(entry.header);
            entry.resume();
        }
        expect(headers).toMatchObject([
            { name: "run/secrets", mode: 0o755 },
            { name: "run/secrets/KEY", mode: 0o400, uid: 1000, gid: 50 },
        ]);
    });

    it("that cannot be written leave no container behind", async () => {
        const refused = (call: EngineCall): EngineAnswer =>
            call.path === "/containers/create"
                ? [201, { Id: "half" }]
                : call.method === "GET"
                  ? [200, { Config: { User: "" } }]
                  : call.method === "PUT"
                    ? [500, { message: "no space left" }]
                    : [204, ""];
        fake = await FakeEngine.start(refused);
        await expect(createContainer(fake.engine, spec)).rejects.toThrow("no space left");
        expect(fake.asked.at(-1)).toBe("DELETE /containers/half");
    });
});
