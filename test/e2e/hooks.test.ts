import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../docker/Engine";
import { exec } from "../../docker/exec";
import { expectFailure, expectSuccess } from "../support/command";
import { isFull } from "../support/isFull";
import { containersOf, lifeOf, oneAfterTheOther, outputsOf, underLoad, webStack } from "../support/scenario";
import { createStack, type PreviewJson, type TestStack } from "../support/stack";
import { temporaryFolder } from "../support/temporaryFolder";

// One stack with secrets, then with a hook, then with two `up`s at once; the order matters.
let stack: TestStack;
const folder = temporaryFolder("hooks");
const hookLog = join(folder, "log");
const ready = join(folder, "ready");
/** Notes each run with its environment, and fails until the file `ready` is there. */
const hook = `echo "$RELINK_SERVICE $RELINK_COLOR $RELINK_IMAGE" >> ${hookLog}; test -e ${ready} || { echo "smoke test failed" >&2; exit 7; }`;
const hookRuns = (): string[] => (existsSync(hookLog) ? readFileSync(hookLog, "utf8").trim().split("\n") : []);

const readToken = 'fs.readFileSync("/run/secrets/TOKEN", "utf8")';
// biome-ignore lint/suspicious/noTemplateCurlyInString: filled in by the Node in the container
const statToken = 'const { mode, uid, gid } = fs.statSync("/run/secrets/TOKEN"); `${mode.toString(8)} ${uid}:${gid}`';
const token = "first-token-a1b2c3";
const newToken = "second-token-d4e5f6";
const key = "api-key-0123456789";

beforeAll(async () => {
    const env = { API_KEY: { secret: "KEY" } };
    stack = await createStack({ config: webStack({ replicas: 1, env, secrets: ["TOKEN"] }) });
    await stack.setSecret('relink:secrets["web.TOKEN"]', token);
    await stack.setSecret('relink:secrets["web.KEY"]', key);
    expectSuccess(await stack.up());
});

afterAll(async () => {
    await stack?.cleanup();
});

/** Runs a command in a color's first container, as the container's own user. */
async function inContainer(color: "blue" | "green", argv: string[]): Promise<string> {
    const [container] = await containersOf(stack, color);
    const { stdout, stderr, exitCode } = await exec(Engine.connect(), container?.id ?? "", argv);
    expect(exitCode, stderr).toBe(0);
    return stdout.trim();
}

/** @returns the changes of a preview */
function changes({ steps }: PreviewJson): string[] {
    return steps.filter(({ op }) => op !== "same").map(({ op, urn }) => `${op} ${urn.split("::").at(-1)}`);
}

oneAfterTheOther();

describe("Secrets", () => {
    it("as files and in an environment variable are shown nowhere, and only the container's user can read the files", async () => {
        expect(await inContainer("blue", ["node", "-p", readToken])).toBe(token);
        expect(await inContainer("blue", ["node", "-p", statToken])).toBe("100400 1000:1000");
        expect(await inContainer("blue", ["node", "-p", "process.env.API_KEY"])).toBe(key);
        const [container] = await containersOf(stack, "blue");
        const { Config: config } = await Engine.connect()
            .docker.getContainer(container?.id ?? "")
            .inspect();
        expect(JSON.stringify(config.Labels)).not.toMatch(/first-token|api-key/);
        expect(JSON.stringify(config.Env)).not.toContain(token);
    });

    it("with a new value make a new release", async () => {
        await stack.setSecret('relink:secrets["web.TOKEN"]', newToken);
        let printed = "";
        const load = await underLoad("a secret's new value", stack, async () => {
            printed += (await stack.preview()).stdout;
            printed += expectSuccess(await stack.up()).stdout;
        });
        expect(Object.keys(load.byVersion)).toEqual(["v1"]);
        expect(printed).not.toMatch(/first-token|second-token|api-key/);
        expect(await inContainer("green", ["node", "-p", readToken])).toBe(newToken);
        expect(await outputsOf(stack)).toMatchObject({ live: "green" });
        expect(JSON.stringify(await stack.outputs())).not.toMatch(/first-token|second-token|api-key/);
    });
});

describe("The hook prePromotion", () => {
    it("added without a promotion, neither shows nor runs anything", async () => {
        stack.setConfig("services.web.hooks", { prePromotion: { command: hook } });
        expect(changes(await stack.previewJson())).toEqual([]);
        expectSuccess(await stack.up());
        expect(hookRuns()).toEqual([]);
    });

    it("that fails keeps the link where it is, and its output is shown", async () => {
        const green = await lifeOf(stack, "green");
        stack.setConfig("services.web.image", "relink-hello:v2");
        let printed = "";
        const load = await underLoad("hook fails", stack, async () => {
            const { code, stdout, stderr } = await stack.up();
            printed = `${stdout}${stderr}`;
            expect(code, printed).not.toBe(0);
        });
        expect(printed).toContain("smoke test failed");
        expect(Object.keys(load.byVersion)).toEqual(["v1"]);
        expect(hookRuns()).toEqual(["web blue relink-hello:v2"]);
        expect(await lifeOf(stack, "green")).toEqual(green);
        expect(await outputsOf(stack)).toMatchObject({ live: "green" });
    });

    // Pulumi's state does not have a Command that failed. The preview may create nothing in its place.
    it("after a failure and back at the old image, neither shows nor runs anything", async () => {
        stack.setConfig("services.web.image", "relink-hello:v1");
        expect(changes(await stack.previewJson())).toEqual([]);
        expectSuccess(await stack.up());
        expect(hookRuns()).toHaveLength(1);
    });

    it("runs again at the next up and passes: the link moves, and the proved color is not touched", async () => {
        const blue = await lifeOf(stack, "blue");
        stack.setConfig("services.web.image", "relink-hello:v2");
        writeFileSync(ready, "");
        const load = await underLoad("hook passes", stack, async load => {
            expect(changes(await stack.previewJson())).toContain("create web-prePromotion");
            expectSuccess(await stack.up());
            await load.until(({ byVersion }) => (byVersion.v2?.requests ?? 0) >= 100, "v2 answers");
        });
        expect(Object.keys(load.byVersion).sort()).toEqual(["v1", "v2"]);
        expect(await lifeOf(stack, "blue")).toEqual(blue);
        expect(hookRuns()).toEqual(["web blue relink-hello:v2", "web blue relink-hello:v2"]);
        expect(await outputsOf(stack)).toMatchObject({ live: "blue" });
    });

    it("does not run again for a return, although its command was edited", async () => {
        stack.setConfig("services.web.image", "relink-hello:v1");
        stack.setConfig("services.web.hooks.prePromotion.command", `${hook} # edited`);
        const load = await underLoad("return without the hook", stack, async load => {
            expect(changes(await stack.previewJson()).filter(change => change.includes("prePromotion"))).toEqual([]);
            expectSuccess(await stack.up());
            await load.until(({ byVersion }) => (byVersion.v1?.requests ?? 0) >= 100, "v1 answers");
        });
        expect(Object.keys(load.byVersion).sort()).toEqual(["v1", "v2"]);
        expect(hookRuns()).toHaveLength(2);
        expect(await outputsOf(stack)).toMatchObject({ live: "green" });
    });
});

describe("Two ups at once", () => {
    it.runIf(isFull)(
        "the second one is refused while the first holds the lease, and the first goes on to its end",
        async () => {
            // The first one waits for its hook.
            const go = join(folder, "go");
            stack.setConfig("services.web.env.GREETING", "from the first up");
            const other = stack.copy();
            try {
                stack.setConfig(
                    "services.web.hooks.prePromotion.command",
                    `touch ${ready}2; until test -e ${go}; do sleep 0.1; done`,
                );
                other.setConfig("services.web.hooks", undefined);
                other.setConfig("services.web.env.GREETING", "from the second up");
                const load = await underLoad("second up refused", stack, async load => {
                    const first = stack.start(["up", "--yes", "--skip-preview"]);
                    for (let seen = false; !seen; seen = existsSync(`${ready}2`)) {
                        await Promise.race([new Promise(done => setTimeout(done, 100)), first.result]);
                    }
                    const { code, stdout, stderr } = await other.up();
                    expect(code, stdout).not.toBe(0);
                    expect(`${stdout}${stderr}`).toContain("another up is at work on this front");
                    expect(await inContainer("blue", ["node", "-p", "process.env.GREETING"])).toBe("from the first up");
                    writeFileSync(go, "");
                    expectSuccess(await first.result);
                    await load.mark("switched");
                });
                expect(Object.keys(load.byVersion)).toEqual(["v1"]);
                expect(await outputsOf(stack)).toMatchObject({ live: "blue" });
            } finally {
                writeFileSync(go, "");
                await other.cleanup();
            }
        },
    );
});

describe("The hook preDeploy", () => {
    it("that --target leaves out keeps its color from being deployed, and the outputs say what is live", async () => {
        stack.setConfig("services.web.hooks", {
            preDeploy: { command: `echo "migrated $RELINK_IMAGE" >> ${hookLog}` },
        });
        stack.setConfig("services.web.image", "relink-hello:v2");
        stack.setConfig("services.web.env.BUILD", "1");
        expectSuccess(await stack.up());
        expect(hookRuns().at(-1)).toBe("migrated relink-hello:v2");
        const { live } = await outputsOf(stack);
        const idle = live === "blue" ? "green" : "blue";
        const before = await lifeOf(stack, idle);

        stack.setConfig("services.web.image", "relink-hello:v1");
        stack.setConfig("services.web.env.BUILD", "2");
        const printed = expectFailure(await stack.up(["--target", `**web-${idle}`]));
        expect(printed).toContain("hooks.preDeploy has not run for this release, so nothing was done");
        expect(await lifeOf(stack, idle)).toEqual(before);
        expect(hookRuns().at(-1)).toBe("migrated relink-hello:v2");

        expectSuccess(await stack.up(["--target", `**web-${idle}`, "--target", "**web-preDeploy"]));
        expect(hookRuns().at(-1)).toBe("migrated relink-hello:v1");
        expect(await outputsOf(stack)).toMatchObject({ live, stable: live, [idle]: { image: "relink-hello:v1" } });
    });
});
