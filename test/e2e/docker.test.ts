import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readFile, readFolder, writeFiles } from "../../docker/archive";
import {
    lastLogLines,
    listContainers,
    removeContainer,
    setRestartPolicy,
    startContainer,
    stopContainer,
} from "../../docker/containers";
import { Credentials } from "../../docker/credentials";
import { Dialer, request } from "../../docker/dialer";
import { Engine } from "../../docker/Engine";
import { DockerUnreachable } from "../../docker/errors";
import { watchContainers } from "../../docker/events";
import { exec, execStream } from "../../docker/exec";
import { pullImage, resolveImage } from "../../docker/images";
import { freeSubnet, inspectNetwork } from "../../docker/networks";
import { readVolume } from "../../docker/volumes";
import type { ContainerSpec } from "../../engines/docker/ContainerSpec";
import { createContainer } from "../../engines/docker/createContainer";
import { ImageReference } from "../../model/ImageReference";
import type { ReleaseSettings } from "../../model/ReleaseSettings";
import { EngineProxy } from "../support/engineProxy";

const nodeImage = "node:24-slim";
/** Any HAProxy image; the official one has perl and bash. */
const frontImage = "haproxy:3.0";
const firstMs = 20_000;
const run = `relink-docker-${randomUUID().slice(0, 8)}`;
const labels = { "relink.test": run };

const engine = Engine.connect();
const addresses: string[] = [];
let imageId: string;
let other: string;

const release: ReleaseSettings = {
    image: nodeImage,
    port: 8080,
    env: {},
    secrets: [],
    init: true,
    labels: {},
    volumes: [],
    networks: [],
    extraHosts: [],
    dns: [],
    capabilities: { add: [], drop: [] },
    readOnly: false,
    securityOpt: [],
    ulimits: {},
    restart: "unless-stopped",
    stopGracePeriodMs: 1_000,
    health: {
        tcp: false,
        path: "/",
        host: "web",
        hostIsDefault: false,
        status: { from: 200, to: 399 },
        intervalMs: 300,
        timeoutMs: 2_000,
        rise: 2,
        fall: 1,
    },
    maxReplicas: 8,
    timeouts: {},
    backendLines: [],
};

let count = 0;
function spec(changes: Partial<ReleaseSettings>, more: Partial<ContainerSpec> = {}): ContainerSpec {
    count++;
    return {
        name: `${run}-${count}`,
        imageId,
        release: { ...release, entrypoint: ["sh", "-c"], command: ["exec sleep 600"], ...changes },
        secretValues: {},
        labels: { ...labels, "relink.test.number": String(count) },
        env: { RELINK_COLOR: "blue" },
        network: { name: run, address: addresses[count] ?? "" },
        ...more,
    };
}

async function running(changes: Partial<ReleaseSettings> = {}, more: Partial<ContainerSpec> = {}): Promise<string> {
    const id = await createContainer(engine, spec(changes, more));
    await startContainer(engine, id);
    return id;
}

beforeAll(async () => {
    await engine.ping();
    imageId = (await engine.docker.getImage(nodeImage).inspect()).Id;
    const subnet = await freeSubnet(engine, run);
    const start = subnet.split(".").slice(0, 3).join(".");
    addresses.push(...Array.from({ length: 100 }, (_, index) => `${start}.${100 + index}`));
    await engine.docker.createNetwork({ Name: run, Labels: labels, IPAM: { Config: [{ Subnet: subnet }] } } as never);
    other = `${run}-other`;
    await engine.docker.createNetwork({ Name: other, Labels: labels });
});

afterAll(async () => {
    const left = await listContainers(engine, labels);
    await Promise.all(left.map(({ id }) => removeContainer(engine, id)));
    for (const name of [run, other]) {
        await engine.docker
            .getNetwork(name)
            .remove()
            .catch(() => undefined);
    }
    await engine.docker
        .getVolume(run)
        .remove()
        .catch(() => undefined);
});

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

describe("containers", () => {
    const named = { user: "", uid: "" };
    beforeAll(async () => {
        const id = await createContainer(engine, spec({}));
        const passwd = String(await readFile(engine, id, "/etc/passwd"));
        const [user = "", , uid = ""] = passwd.trim().split("\n").at(-1)?.split(":") ?? [];
        Object.assign(named, { user, uid });
        expect(uid).not.toBe("0");
    });

    it("has everything that the settings say", async () => {
        const id = await running(
            {
                env: { PLAIN: "a=b", FROM_SECRET: { secret: "TOKEN" } },
                workingDir: "/tmp",
                labels: { mine: "yes" },
                volumes: [
                    { source: "/etc", target: "/host-etc", readOnly: true, shared: false },
                    { source: run, target: "/volume", readOnly: false, shared: true },
                ],
                networks: [other],
                extraHosts: ["db.example:10.9.8.7"],
                capabilities: { add: ["NET_ADMIN"], drop: ["CHOWN"] },
                memoryBytes: 64 * 1024 * 1024,
                cpus: 0.5,
                ulimits: { nofile: { soft: 1000, hard: 2000 } },
                log: { driver: "json-file", options: { "max-size": "1m" } },
                stopSignal: "SIGINT",
                health: { ...release.health, command: ["true"] },
            },
            { secretValues: { TOKEN: "hush" } },
        );
        const {
            Config: config,
            HostConfig: host,
            NetworkSettings: net,
        } = await engine.docker.getContainer(id).inspect();
        expect(config).toMatchObject({ WorkingDir: "/tmp", StopSignal: "SIGINT", StopTimeout: 1 });
        expect(config.Env).toEqual(expect.arrayContaining(["PLAIN=a=b", "FROM_SECRET=hush", "RELINK_COLOR=blue"]));
        expect(config.Labels).toMatchObject({ mine: "yes", ...labels });
        expect(config.Healthcheck).toMatchObject({ Test: ["CMD", "true"], Interval: 3e8, Retries: 1 });
        expect(host).toMatchObject({ Memory: 67108864, NanoCpus: 5e8, Init: true });
        expect(host.RestartPolicy?.Name).toBe("no");
        expect(Object.keys(net.Networks).sort()).toEqual([run, other].sort());
        const seen = await exec(engine, id, [
            "sh",
            "-c",
            "pwd; ulimit -n; grep db.example /etc/hosts; ls /host-etc/hostname",
        ]);
        expect(seen.stdout).toBe("/tmp\n1000\n10.9.8.7\tdb.example\n/host-etc/hostname\n");
        expect((await exec(engine, id, ["sh", "-c", "echo x > /host-etc/relink"])).exitCode).not.toBe(0);
        expect((await engine.docker.getVolume(run).inspect()).Labels ?? {}).toEqual({});
    });

    it.each([
        ["root by default", { user: undefined, uid: "0" }],
        ["a numeric user", { user: "4321:4321", uid: "4321" }],
        ["a user of the image's /etc/passwd", named],
    ])("gives secrets as files to %s", async (_, owner) => {
        const { user, uid } = owner;
        const secrets = { TOKEN: "hush hush", KEY: "line 1\nline 2" };
        const id = await running({ user, secrets: Object.keys(secrets) }, { secretValues: secrets });
        const { stdout } = await exec(engine, id, ["sh", "-c", "cd /run/secrets; stat -c '%n %a %u' *; cat TOKEN KEY"]);
        expect(stdout).toBe(`KEY 400 ${uid}\nTOKEN 400 ${uid}\nhush hushline 1\nline 2`);
        expect(JSON.stringify(await engine.docker.getContainer(id).inspect())).not.toContain("hush");
        await engine.docker.getContainer(id).restart({ t: 0 });
        expect(String(await readFile(engine, id, "/run/secrets/TOKEN"))).toBe("hush hush");
    });

    it("gives a read-only container its secrets and its options, and takes its write access and NET_RAW away", async () => {
        const hardened = { readOnly: true, securityOpt: ["no-new-privileges"], pidsLimit: 50, secrets: ["TOKEN"] };
        const id = await running({ ...hardened, user: "4321" }, { secretValues: { TOKEN: "hush hush" } });
        const script =
            "cat /run/secrets/TOKEN; stat -c ' %a %u' /run/secrets/TOKEN; grep -E '^(NoNewPrivs|CapBnd)' /proc/1/status";
        const { stdout } = await exec(engine, id, ["sh", "-c", script]);
        const [secret, privileges, capabilities] = [...stdout.trim().split("\n").values()];
        expect(secret).toBe("hush hush 400 4321");
        const bounds = [privileges, capabilities].find(line => line?.startsWith("CapBnd"))!.split("\t")[1];
        // Number 13 is CAP_NET_RAW.
        expect((BigInt(`0x${bounds}`) >> 13n) & 1n).toBe(0n);
        expect(stdout).toContain("NoNewPrivs:\t1");
        const writes = ["sh", "-c", ": > /tmp/x"];
        expect((await exec(engine, id, writes, { user: "0" })).exitCode).not.toBe(0);
        const { HostConfig, Mounts } = await engine.docker.getContainer(id).inspect();
        expect(HostConfig.PidsLimit).toBe(50);
        const volume = engine.docker.getVolume(Mounts.find(mount => mount.Destination === "/run/secrets")!.Name!);
        await volume.inspect();
        await removeContainer(engine, id);
        await expect(volume.inspect()).rejects.toMatchObject({ statusCode: 404 });
        const raw = await running({ capabilities: { add: ["NET_RAW"], drop: [] } });
        const found = await exec(engine, raw, ["sh", "-c", "grep ^CapBnd /proc/1/status"]);
        expect((BigInt(`0x${found.stdout.trim().split("\t")[1]}`) >> 13n) & 1n).toBe(1n);
    });

    it("knows state, address, exit code and restart policy", async () => {
        const id = await running({ command: ["echo one; echo two >&2; exit 7"] });
        await engine.docker.getContainer(id).wait();
        const mine = { ...labels, "relink.test.number": String(count) };
        expect(await listContainers(engine, mine, run)).toMatchObject([
            {
                id,
                name: `${run}-${count}`,
                state: "exited",
                status: "exited with code 7",
                exitCode: 7,
                address: addresses[count],
                imageId,
                restartPolicy: "no",
                restartCount: 0,
            },
        ]);
        expect(await lastLogLines(engine, id, [])).toEqual(expect.arrayContaining(["one", "two"]));
    });

    it("stops a container for good although Docker would start it again, and a second stop is no error", async () => {
        const id = await running();
        await setRestartPolicy(engine, id, "unless-stopped");
        await stopContainer(engine, id, 1_000);
        await stopContainer(engine, id, 1_000);
        const mine = { ...labels, "relink.test.number": String(count) };
        expect(await listContainers(engine, mine)).toMatchObject([{ state: "exited", restartPolicy: "no" }]);
        await removeContainer(engine, id);
        await removeContainer(engine, id);
        expect(await listContainers(engine, mine)).toEqual([]);
        await stopContainer(engine, id, 1_000);
    });

    it("returns only the last log lines, without escapes and shortened", async () => {
        const id = await running({
            command: ["seq 1 200; printf '\\033[31mred\\033[0m\\n'; head -c 2000 /dev/zero | tr '\\0' x"],
        });
        await engine.docker.getContainer(id).wait();
        const lines = await lastLogLines(engine, id, [], 50);
        expect(lines).toHaveLength(50);
        expect(lines.at(-2)).toBe("red");
        expect(lines.at(-1)).toMatch(/^x{500}\.\.\.$/);
    });

    it.each([
        [
            "a missing host folder",
            { volumes: [{ source: "/no/such", target: "/x", readOnly: true, shared: false }] },
            "mount",
        ],
        ["a program that is not there", { init: false, entrypoint: ["/no/such/program"] }, "command"],
        ["a user that is not there", { user: "nobody-here" }, "user"],
        ["a network that is not there", { networks: ["no-such-network"] }, "network"],
    ] as [string, Partial<ReleaseSettings>, string][])("says what is wrong with %s", async (_, changes, reason) => {
        await expect(running(changes)).rejects.toMatchObject({ name: "StartFailed", reason });
    });

    it("reports an address that is taken, and leaves no half-made container behind", async () => {
        await running();
        const taken = addresses[count] ?? "";
        await expect(running({}, { network: { name: run, address: taken } })).rejects.toMatchObject({
            reason: "network",
        });
        const failed = spec({ networks: ["no-such-network"] });
        await expect(createContainer(engine, failed)).rejects.toThrow(/no-such-network/);
        expect((await listContainers(engine, failed.labels)).length).toBe(0);
    });

    it("keeps secrets out of Docker's error messages", async () => {
        const broken = spec({ env: { X: { secret: "TOKEN" } }, user: "hush" }, { secretValues: { TOKEN: "hush" } });
        const error = await createContainer(engine, broken).then(
            id => startContainer(engine, id, broken.secretValues).catch(String),
            String,
        );
        expect(error).toMatch(/unable to find user/);
        expect(error).not.toContain("hush");
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

describe("dialer", () => {
    const script =
        "require('http').createServer((q, s) => { s.statusCode = q.url === '/bad' ? 503 : 200; " +
        "s.setHeader('X-Seen', q.headers.host); if (q.url === '/silent') return; " +
        "s.end(q.url === '/big' ? 'y'.repeat(9000) : 'hello ' + q.method) }).listen(8080)";
    let anchor: string;
    let address: string;

    beforeAll(async () => {
        anchor = await running();
        const command = ["node", "-e", "fetch('http://127.0.0.1:8080/')"];
        const health = { ...release.health, fall: 100, command };
        const events = watchContainers(engine, labels);
        await events.ready;
        const server = await running({ entrypoint: ["node", "-e"], command: [script], health });
        address = addresses[count] ?? "";
        await events.next(event => event.containerId === server && event.health === "healthy", firstMs);
        events.close();
    });

    const routes: [string, () => Dialer][] = [
        ["straight", () => new Dialer(engine, anchor)],
        ["by a command in the anchor", () => new Dialer(remote(engine), anchor)],
    ];
    it.each(routes)("carries a request %s", async (_, dialer) => {
        const ask = { address, port: 8080, timeoutMs: firstMs };
        const through = dialer();
        expect(await request(through, { ...ask, path: "/", headers: { Host: "shop.example" } })).toMatchObject({
            status: 200,
            headers: { "x-seen": "shop.example" },
            body: "hello GET",
        });
        expect(await request(through, { ...ask, path: "/bad", method: "POST" })).toMatchObject({
            status: 503,
            body: "hello POST",
        });
        expect((await request(through, { ...ask, path: "/big" })).body).toBe("y".repeat(4096));
        await expect(request(through, { ...ask, path: "/silent", timeoutMs: 300 })).rejects.toThrow(/no whole answer/);
        await expect(request(through, { ...ask, port: 81, path: "/" })).rejects.toThrow(/refused/i);
    });

    it("relays with every tool that a HAProxy image may have", async () => {
        const front = (await engine.docker.getImage(frontImage).inspect()).Id;
        const anchors = [anchor, await running({}, { imageId: front })];
        const used = new Set<string>();
        for (const id of anchors) {
            for (const tool of ["socat", "perl", "nc", "bash"]) {
                const dialer = new Dialer(remote(engine), id, [tool]);
                const ask = () => request(dialer, { address, port: 8080, path: "/big", timeoutMs: firstMs });
                if ((await exec(engine, id, ["sh", "-c", `command -v ${tool}`])).exitCode === 0) {
                    expect(await ask()).toMatchObject({ status: 200, body: "y".repeat(4096) });
                    used.add(tool);
                } else {
                    await expect(ask()).rejects.toThrow(`has none of ${tool}`);
                }
            }
            // A relay ends with its connection.
            const list = "for p in /proc/[0-9]*; do tr '\\0' ' ' < $p/cmdline; echo; done";
            const left = async () =>
                (await exec(engine, id, ["sh", "-c", list])).stdout
                    .split("\n")
                    .filter(line => /^(socat|perl|nc|bash) /.test(line));
            await expect.poll(left, { timeout: firstMs }).toEqual([]);
        }
        expect([...used]).toEqual(expect.arrayContaining(["perl", "bash"]));
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

/** The same Engine as if it were on another machine, whose containers cannot be reached directly. */
function remote(local: Engine): Engine {
    return Object.create(local, { isLocal: { value: false } }) as Engine;
}

function socketPath(): string {
    if (engine.address.kind !== "unix") {
        throw new Error("these tests need an Engine behind a unix socket");
    }
    return engine.address.socketPath;
}
