import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readFile } from "../../docker/archive";
import {
    lastLogLines,
    listContainers,
    removeContainer,
    setRestartPolicy,
    startContainer,
    stopContainer,
} from "../../docker/containers";
import { exec } from "../../docker/exec";
import { createContainer } from "../../engines/docker/createContainer";
import type { ReleaseSettings } from "../../model/ReleaseSettings";
import {
    addresses,
    count,
    createNetworks,
    engine,
    imageId,
    labels,
    other,
    release,
    removeAll,
    run,
    running,
    spec,
} from "../support/dockerContainers";

beforeAll(createNetworks);

afterAll(removeAll);

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
