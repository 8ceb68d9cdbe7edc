import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../docker/Engine";
import { exec } from "../../docker/exec";
import { folders } from "../../model/folders";
import { expectSuccess } from "../support/command";
import { LiveFront } from "../support/LiveFront";
import { oneAfterTheOther, underLoad, webStack, withoutWebSockets } from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";
import { until } from "../support/until";

// An attacker who has taken over HAProxy's process has only the rights that it needs, and no way to the record.

describe("The front's containers", () => {
    oneAfterTheOther();
    const engine = Engine.connect();
    let stack: TestStack;
    let front: LiveFront;

    beforeAll(async () => {
        stack = await createStack({ config: webStack({ replicas: 1 }) });
        expectSuccess(await stack.up());
        front = new LiveFront(stack);
    });

    afterAll(() => stack?.cleanup());

    /** Runs a script as HAProxy's process could, in its container. */
    async function asHaproxy(script: string): Promise<{ stdout: string; exitCode: number }> {
        return exec(engine, `${stack.front}-gen-1`, ["sh", "-c", script]);
    }

    async function recordText(): Promise<string> {
        const cat = ["cat", `${folders.record}/services/web.json`];
        return (await exec(engine, stack.front, cat, { user: "0" })).stdout;
    }

    it("a generation runs as HAProxy's user without any capability, and can write only its sockets", async () => {
        const { Config, HostConfig } = await engine.docker.getContainer(`${stack.front}-gen-1`).inspect();
        expect(Config.User).toBe("99:99");
        expect(HostConfig).toMatchObject({
            CapDrop: ["ALL"],
            SecurityOpt: ["no-new-privileges"],
            ReadonlyRootfs: true,
        });
        const { stdout } = await asHaproxy("grep -E '^(Uid|CapBnd|NoNewPrivs)' /proc/1/status");
        expect(stdout).toBe("Uid:\t99\t99\t99\t99\nCapBnd:\t0000000000000000\nNoNewPrivs:\t1\n");
        for (const folder of ["/", "/usr/local/bin", "/var/lib/haproxy", folders.config]) {
            expect((await asHaproxy(`: > ${folder}/new`)).exitCode, folder).not.toBe(0);
        }
        expect((await asHaproxy(`ls ${folders.record}`)).exitCode).not.toBe(0);
    });

    it("no process in the anchor is root's, and HAProxy's user cannot read the record there", async () => {
        const { Processes } = await engine.docker.getContainer(stack.front).top({ ps_args: "-eo uid,pid" });
        expect([...new Set((Processes as string[][]).map(([uid]) => uid))]).toEqual(["99"]);
        const ls = await exec(engine, stack.front, ["ls", folders.record]);
        expect(ls.exitCode).not.toBe(0);
        expect(await recordText()).toContain('"web"');
    });

    it("a symbolic link to the record among the sockets does not get the record overwritten", async () => {
        const before = await recordText();
        const { run, record } = folders;
        const plant = `cd ${run} && ln -sf ${record}/services/web.json anchor.new && ln -sf ${record}/key leaving`;
        expect((await asHaproxy(`${plant} && echo -1 > stand-in.pid && : > back`)).exitCode).toBe(0);
        if (readFileSync("/proc/sys/fs/protected_symlinks", "utf8").trim() === "1") {
            // An anchor of an older relink writes there as root.
            const asRoot = ["sh", "-c", `echo x > ${run}/anchor.new`];
            expect((await exec(engine, stack.front, asRoot, { user: "0" })).exitCode).not.toBe(0);
        }
        await engine.docker.getContainer(stack.front).restart({ t: 2 });
        await until(async () => ((await front.observe()).front?.workers.length ? true : undefined), {
            deadline: Date.now() + 30_000,
            what: "HAProxy does not run again",
        });
        expect(await recordText()).toBe(before);
        expectSuccess(await stack.up());
    });

    it("a release loses no request, and an up can start another generation", async () => {
        stack.setConfig("services.web.image", "relink-hello:v2");
        stack.setConfig("services.web.maxReplicas", 9);
        await underLoad(
            "a front without rights",
            stack,
            async () => {
                expectSuccess(await stack.up());
                await engine.docker.getContainer(`${stack.front}-gen-1`).stop();
                expectSuccess(await stack.up());
            },
            { mix: withoutWebSockets },
        );
        expect((await front.observe()).generations.map(({ name }) => name)).toEqual([`${stack.front}-gen-2`]);
        expectSuccess(await stack.destroy());
    });
});
