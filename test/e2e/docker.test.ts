import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readFile, readFolder, writeFiles } from "../../docker/archive";
import { listContainers, removeContainer, setRestartPolicy, startContainer } from "../../docker/containers";
import { Credentials } from "../../docker/credentials";
import { Engine } from "../../docker/Engine";
import { DockerUnreachable } from "../../docker/errors";
import { watchContainers } from "../../docker/events";
import { exec, execStream } from "../../docker/exec";
import { pullImage, resolveImage } from "../../docker/images";
import { freeSubnet, inspectNetwork } from "../../docker/networks";
import { readVolume } from "../../docker/volumes";
import { createContainer } from "../../engines/docker/createContainer";
import { ImageReference } from "../../model/ImageReference";
import {
    createNetworks,
    engine,
    firstMs,
    imageId,
    labels,
    nodeImage,
    release,
    removeAll,
    run,
    running,
    spec,
} from "../support/dockerContainers";
import { EngineProxy } from "../support/engineProxy";

beforeAll(createNetworks);

afterAll(removeAll);

describe("Engine", () => {
    it("tells the Docker host's time", async () => {
        expect(Math.abs((await engine.now()).getTime() - Date.now())).toBeLessThan(60_000);
    });

    it("says what to do when no daemon answers", async () => {
        const missing = Engine.connect("unix:///nonexistent/docker.sock");
        await expect(missing.ping()).rejects.toThrow(DockerUnreachable);
        await expect(missing.now()).rejects.toThrow(/unix:\/\/\/nonexistent\/docker.sock .*does not answer.*Start it/);
    });
});

describe("exec", () => {
    let id: string;
    beforeAll(async () => {
        id = await running();
    });

    it("returns both outputs and the exit code", async () => {
        expect(await exec(engine, id, ["sh", "-c", "echo out; echo err >&2; exit 3"])).toEqual({
            stdout: "out\n",
            stderr: "err\n",
            exitCode: 3,
        });
    });

    it("gives the command its input, even 2 MB of it, and closes it", async () => {
        const text = "0123456789".repeat(200_000);
        expect(await exec(engine, id, ["wc", "-c"], { stdin: text })).toMatchObject({
            stdout: "2000000\n",
            exitCode: 0,
        });
        expect((await exec(engine, id, ["cat"], { stdin: text })).stdout === text).toBe(true);
    });

    it("passes arguments as they are, with no shell in between", async () => {
        expect((await exec(engine, id, ["echo", "$HOME `id`; x"])).stdout).toBe("$HOME `id`; x\n");
    });

    it("ends when its signal aborts", async () => {
        const signal = AbortSignal.abort(new Error("too late"));
        await expect(exec(engine, id, ["sleep", "60"], { signal })).rejects.toThrow("too late");
        const later = new AbortController();
        const ended = exec(engine, id, ["sh", "-c", "echo; exec sleep 5"], { signal: later.signal });
        later.abort(new Error("stopped"));
        await expect(ended).rejects.toThrow("stopped");
    });

    it("carries input and output in turn, like a socket", async () => {
        const stream = await execStream(engine, id, ["cat"]);
        for (const text of ["one", "two"]) {
            stream.write(text);
            expect(String(await new Promise(resolve => stream.once("data", resolve)))).toBe(text);
        }
        stream.end();
        await new Promise(resolve => stream.once("end", resolve).resume());
    });

    it("loses nothing of a stream that is read late", async () => {
        const stream = await execStream(engine, id, ["head", "-c", "1000000", "/dev/zero"]);
        await exec(engine, id, ["true"]);
        let length = 0;
        for await (const chunk of stream) {
            length += (chunk as Buffer).length;
        }
        expect(length).toBe(1_000_000);
    });

    it("fails with the command's complaint when a stream gives nothing else", async () => {
        const stream = await execStream(engine, id, ["sh", "-c", "echo no such peer >&2; exit 1"]);
        await expect(stream.toArray()).rejects.toThrow("no such peer");
    });

    it("fails and names the command when the container does not exist", async () => {
        await expect(exec(engine, `${run}-none`, ["true"])).rejects.toThrow(/true cannot run in the container/);
    });
});

describe("archive", () => {
    it("reads and writes files of a container that does not run", async () => {
        const id = await createContainer(engine, spec({}));
        await writeFiles(engine, id, [
            { path: "/data/a.txt", content: "A", mode: 0o600, uid: 7 },
            { path: "/data/sub/b.txt", content: "B" },
        ]);
        expect(String(await readFile(engine, id, "/data/a.txt"))).toBe("A");
        expect(await readFile(engine, id, "/data/none")).toBeUndefined();
        expect([...(await readFolder(engine, id, "/data"))].map(([name, content]) => `${name}=${content}`)).toEqual(
            expect.arrayContaining(["a.txt=A", "sub/b.txt=B"]),
        );
        expect((await readFolder(engine, id, "/nothing")).size).toBe(0);
        await startContainer(engine, id);
        await exec(engine, id, ["ln", "-s", "data/sub", "/current"]);
        expect([...(await readFolder(engine, id, "/current")).keys()]).toEqual(["b.txt"]);
        expect(String(await readFile(engine, id, "/current/b.txt"))).toBe("B");
    });
});

describe("volumes", () => {
    it("are read without a container that mounts them, and nothing is left behind", async () => {
        const name = `${run}-volume`;
        expect(await readVolume(engine, name, labels)).toEqual(new Map());
        await engine.docker.createVolume({ Name: name, Labels: labels });
        const writer = await engine.docker.createContainer({
            Image: nodeImage,
            Labels: labels,
            HostConfig: { Mounts: [{ Type: "volume", Source: name, Target: "/data" }] },
        });
        await writeFiles(engine, writer.id, [{ path: "/data/services/web.json", content: "{}" }]);
        await removeContainer(engine, writer.id);
        expect(await readVolume(engine, name, labels)).toEqual(new Map([["services/web.json", Buffer.from("{}")]]));
        // Docker refuses to remove a volume that a container mounts.
        await engine.docker.getVolume(name).remove();
    });
});

describe("events", () => {
    it("report start, health and exit, also those that are past", async () => {
        const since = await engine.now();
        const id = await running({ health: { ...release.health, command: ["test", "-e", "/healthy"] } });
        const events = watchContainers(engine, labels, since);
        try {
            await events.ready;
            const own = (action: string) => (event: { action: string; containerId: string }) =>
                event.containerId === id && event.action === action;
            expect(await events.next(own("start"), firstMs)).toMatchObject({
                labels: expect.objectContaining(labels),
            });
            expect(await events.next(own("health_status"), firstMs)).toMatchObject({ health: "unhealthy" });
            await exec(engine, id, ["touch", "/healthy"]);
            expect(await events.next(own("health_status"), firstMs)).toMatchObject({ health: "healthy" });
            const death = events.next(own("die"), firstMs);
            await engine.docker.getContainer(id).kill();
            expect(await death).toMatchObject({ exitCode: 137 });
            expect(await events.next(own("oom"), 1)).toBeUndefined();
        } finally {
            events.close();
        }
        expect(await events.next(() => true, firstMs).then(event => event?.action)).not.toBe("reconnected");
    });

    it("connect again when the connection is lost, and report it", async () => {
        const proxy = await EngineProxy.start(socketPath());
        const events = watchContainers(Engine.connect(proxy.host), labels);
        try {
            await events.ready;
            const again = events.next(event => event.action === "reconnected", firstMs);
            proxy.dropConnections();
            expect(await again).toBeDefined();
            const started = events.next(event => event.action === "start", firstMs);
            const id = await running();
            expect(await started).toMatchObject({ containerId: id });
        } finally {
            events.close();
            await proxy.close();
        }
    });
});

describe("images", () => {
    it("knows a local image by its id, and needs no pull", async () => {
        const tag = `${run}:1`;
        await engine.docker.getImage(imageId).tag({ repo: run, tag: "1" });
        try {
            const credentials = await Credentials.load([]);
            const identity = await resolveImage(engine, ImageReference.parse(tag), credentials);
            expect(identity).toMatchObject({ reference: { text: tag }, imageId });
            expect(identity.warning).toBeUndefined();
            // The containerd image store does not tell what was pulled, and lists each image under its id.
            const { RepoDigests } = await engine.docker.getImage(tag).inspect();
            expect(identity.source).toBe(RepoDigests.length === 0 ? "local" : undefined);
            expect(await pullImage(engine, identity, credentials)).toEqual({ id: imageId, pulled: false });
        } finally {
            await engine.docker.getImage(tag).remove();
        }
    });

    it("asks the registry although its credential helper fails, and reports what the registry does", async () => {
        const folder = mkdtempSync(join(tmpdir(), "relink-docker-config-"));
        const here = `127.0.0.1:1/${run}:1`;
        try {
            const helper = join(folder, "docker-credential-expired");
            writeFileSync(helper, "#!/bin/sh\necho the session has expired >&2; exit 1\n", { mode: 0o755 });
            writeFileSync(join(folder, "config.json"), '{"credHelpers":{"127.0.0.1:1":"expired"}}');
            const env = { DOCKER_CONFIG: folder, PATH: `${folder}:${process.env.PATH}` };
            const credentials = await Credentials.load([], env);
            await engine.docker.getImage(imageId).tag({ repo: `127.0.0.1:1/${run}`, tag: "1" });
            expect(await resolveImage(engine, ImageReference.parse(here), credentials)).toMatchObject({
                imageId,
                warning: expect.stringMatching(/^The registry 127\.0\.0\.1:1 cannot be reached .* Using the image/),
            });
            const pulled = { reference: ImageReference.parse(here), digest: `sha256:${"0".repeat(64)}` };
            await expect(pullImage(engine, pulled, credentials)).rejects.toMatchObject({ reason: "unreachable" });
        } finally {
            await engine.docker.getImage(here).remove();
            rmSync(folder, { recursive: true });
        }
    });

    it("says that neither registry nor host has an image", async () => {
        const credentials = await Credentials.load([]);
        const reference = `127.0.0.1:1/${run}:none`;
        await expect(resolveImage(engine, ImageReference.parse(reference), credentials)).rejects.toMatchObject({
            name: "ImageNotFound",
            reason: "unreachable",
            message: expect.stringContaining(reference),
        });
    });
});

describe("networks", () => {
    it("finds a free subnet, which stays the same until it is taken", async () => {
        const mine = (await inspectNetwork(engine, run))?.subnet;
        expect(mine).toMatch(/^172\.\d+\.\d+\.0\/20$/);
        const next = await freeSubnet(engine, run);
        expect(next).not.toBe(mine);
        expect(await freeSubnet(engine, run)).toBe(next);
        expect(await inspectNetwork(engine, `${run}-none`)).toBeUndefined();
    });
});

describe("engine proxy", () => {
    it("records calls that change something, and lets hijacked connections through", async () => {
        const id = await running();
        const proxy = await EngineProxy.start(socketPath());
        try {
            const watched = Engine.connect(proxy.host);
            await listContainers(watched, labels);
            expect((await exec(watched, id, ["cat"], { stdin: "show info\n" })).stdout).toBe("show info\n");
            expect(proxy.mutatingCalls(({ argv, stdin }) => argv[0] === "cat" && stdin === "show info\n")).toEqual([]);
            expect(proxy.mutatingCalls().map(({ path }) => path)).toEqual([
                `/containers/${id}/exec`,
                expect.stringMatching(/^\/exec\/[0-9a-f]+\/start$/),
            ]);
            proxy.clear();
            await setRestartPolicy(watched, id, "always");
            expect(proxy.mutatingCalls(() => true)).toEqual([{ method: "POST", path: `/containers/${id}/update` }]);
        } finally {
            await proxy.close();
        }
    });
});

function socketPath(): string {
    if (engine.address.kind !== "unix") {
        throw new Error("these tests need an Engine behind a unix socket");
    }
    return engine.address.socketPath;
}
