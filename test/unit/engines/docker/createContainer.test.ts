import { extract } from "tar-stream";
import { afterEach, describe, expect, it } from "vitest";
import type { ContainerSpec } from "../../../../engines/docker/ContainerSpec";
import { createContainer } from "../../../../engines/docker/createContainer";
import { writeSecretFiles } from "../../../../engines/docker/secretFiles";
import { type EngineAnswer, type EngineCall, FakeEngine } from "../../docker/FakeEngine";
import { recorded } from "../../plan/support";

let fake: FakeEngine;
afterEach(() => fake.close());

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
    it("has none of relink's labels from its image", async () => {
        const Labels = { "relink.generation": "99", "relink.color": "green", mine: "1" };
        fake = await FakeEngine.start(({ method, path }) =>
            path.startsWith("/images/") ? [200, { Config: { Labels } }] : method === "POST" ? [500, {}] : undefined,
        );
        await expect(createContainer(fake.engine, spec)).rejects.toThrow();
        const { body } = fake.calls.find(({ path }) => path === "/containers/create")!;
        expect(JSON.parse(body.toString()).Labels).toEqual({ "relink.generation": "", "relink.color": "blue" });
    });

    it("has its image inspected once for all containers, and again after a failure", async () => {
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
    it("are files that only the container's own user can read", async () => {
        fake = await FakeEngine.start(() => [200, { Config: { User: "1000:50" } }]);
        await writeSecretFiles(fake.engine, "a", spec);
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
