import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readFile, readFolder } from "../../docker/archive";
import { exec } from "../../docker/exec";
import type { Color } from "../../model/Color";
import { folders } from "../../model/folders";
import { type CommandResult, expectSuccess } from "../support/command";
import { isFull } from "../support/isFull";
import { LiveFront } from "../support/LiveFront";
import { TestRegistry } from "../support/registry";
import { ProcessWatch, SecretHunt } from "../support/SecretHunt";
import { containersOf, oneAfterTheOther, outputsOf, webStack } from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";

// One stack with secrets of awkward forms lives through a first release, failed ones, a release and a return. After each,
// every place that somebody else can read is searched. Rule 9 of docs/design.md.

const hunt = new SecretHunt();
const mark = (name: string) => hunt.mark(name);

/** Secrets that the service gets as files. */
const files = {
    QUOTES: `it's ${mark("quotes")} "$(touch /tmp/pwned)" \`id\` & <b> \\n %[src] ${mark("quotes")}`,
    LINES: `-----BEGIN KEY-----\n${mark("lines")}\r\n${mark("lines")}/+==\n-----END KEY-----\n`,
    UNICODE: `pässwörd-${mark("unicode")}-密码-🔑-\u2028-\u001b[31m-x`,
    LONG: Array.from({ length: 120 }, (_, at) => (at % 20 === 0 ? mark("long") : `/+ '${at}" filler`)).join(""),
};
/** A secret in an environment variable. */
const inEnv = `${mark("env")} $HOME "x"\n'y'`;

/** Prints each secret in the spellings that programs use, and exits. */
const talkative = `
const fs = require("fs");
const say = text => console.log(text) || console.error(text);
const all = fs.readdirSync("/run/secrets").map(name => [name, fs.readFileSync("/run/secrets/" + name, "utf8")]);
for (const [name, value] of [...all, ["API_KEY", process.env.API_KEY]]) {
    say(name + " is " + value);
    console.log(JSON.stringify({ [name]: value }));
    console.error(JSON.stringify({ log: JSON.stringify({ value }) }));
    console.log("https://user:" + encodeURIComponent(value) + "@db/");
    console.error(new URLSearchParams({ value }).toString());
    console.log("Basic " + Buffer.from("user:" + value).toString("base64"));
    console.error("\\u001b[1m" + value + "\\u001b[0m");
}
process.exitCode = 3;
`;

const began = new Date();
/** The user's own copies of the secrets: the one folder that is not searched. */
const own = join(tmpdir(), `relink-own-${process.pid}`);
const temporary = join(tmpdir(), `relink-temporary-${process.pid}`);
/** The environment of each of the user's hooks. */
const environments = join(own, "environments");
/** A hook that prints every secret, and writes its environment into a file. */
const telling = (exitCode: number) =>
    `env > ${environments}/$RELINK_HOOK; cat ${own}/secrets/*; base64 ${own}/secrets/* >&2; exit ${exitCode}`;

let registry: TestRegistry;
let stack: TestStack;
let front: LiveFront;
let processes: ProcessWatch;
/** What all commands have printed. */
const printed: [string, string][] = [];

beforeAll(async () => {
    mkdirSync(temporary);
    mkdirSync(join(own, "secrets"), { recursive: true });
    mkdirSync(environments);
    for (const [name, value] of Object.entries({ ...files, KEY: inEnv })) {
        writeFileSync(join(own, "secrets", name), `${value}\n`);
    }
    registry = await TestRegistry.start();
    hunt.add("registry", registry.password.slice(0, 16));
    await registry.push("relink-hello:v1", "shop/web:v1");
    await registry.push("relink-hello:v2", "shop/web:v2");
    const config = webStack({
        image: `${registry.address}/shop/web:v1`,
        replicas: 1,
        env: { API_KEY: { secret: "KEY" } },
        secrets: Object.keys(files),
    });
    stack = await createStack({ config, env: { TMPDIR: temporary, RELINK_REPORT: "report.html" } });
    for (const [name, value] of Object.entries({ ...files, KEY: inEnv })) {
        await stack.setSecret(`relink:secrets["web.${name}"]`, value);
    }
    await stack.setSecret(`relink:registries["${registry.address}"].username`, registry.username);
    await stack.setSecret(`relink:registries["${registry.address}"].password`, registry.password);
    front = new LiveFront(stack);
    processes = new ProcessWatch(hunt);
});

afterAll(async () => {
    processes?.end();
    await stack?.cleanup();
    await registry?.remove();
    rmSync(own, { recursive: true, force: true });
    rmSync(temporary, { recursive: true, force: true });
});

/** Runs a preview and an `up`. Their output is searched later. */
async function up(name: string): Promise<CommandResult> {
    const [text, json] = [await stack.preview(), await stack.pulumi(["preview", "--json"])];
    const result = await stack.up();
    for (const [what, { stdout, stderr }] of Object.entries({ preview: text, "preview --json": json, up: result })) {
        printed.push([`${what}: ${name}`, stdout + stderr]);
    }
    return result;
}

/** @returns everything on the Docker host outside of the places for secrets, by place */
async function dockerPlaces(): Promise<[string, Buffer | string][]> {
    const { docker } = front.engine;
    const label = [`relink.stack=${stack.name}`];
    const places: [string, Buffer | string][] = [];
    for (const { Id, Names, Labels } of await docker.listContainers({ all: true, filters: { label } })) {
        const inspected = await docker.getContainer(Id).inspect();
        const isService = Labels["relink.service"] !== undefined;
        // This variable holds a secret on purpose.
        const Env = inspected.Config.Env.filter(variable => !(isService && variable.startsWith("API_KEY=")));
        places.push([`inspect of ${Names[0]}`, JSON.stringify({ ...inspected, Config: { ...inspected.Config, Env } })]);
        if (!isService) {
            places.push([`log of ${Names[0]}`, await docker.getContainer(Id).logs({ stdout: true, stderr: true })]);
        }
    }
    places.push(["networks", JSON.stringify(await docker.listNetworks())]);
    places.push(["volumes", JSON.stringify(await docker.listVolumes())]);
    for (const folder of [folders.config, "/tmp", "/var/tmp", "/root"]) {
        const found = await readFolder(front.engine, stack.front, folder);
        places.push(...[...found].map(([path, content]): [string, Buffer] => [`${folder}/${path}`, content]));
    }
    for (const [path, content] of await record()) {
        if (!/services\/web\.json$|(^|\/)key$/.test(path)) {
            places.push([`record ${path}`, content]);
        }
    }
    places.push(["events", await events()]);
    return places;
}

function record(): Promise<Map<string, Buffer>> {
    return readFolder(front.engine, stack.front, folders.record);
}

/** @returns Docker's events since the test began, of every kind */
async function events(): Promise<string> {
    const now = Math.ceil((await front.engine.now()).getTime() / 1000);
    const since = Math.floor(began.getTime() / 1000);
    const stream = await front.engine.docker.getEvents({ since, until: now });
    let text = "";
    for await (const chunk of stream) {
        text += String(chunk);
    }
    expect(text).toContain('"exec_create: ');
    return text;
}

/** Runs every command that reports something, and searches all places. */
async function expectNoSecretAnywhere(): Promise<void> {
    const { key } = (await front.observe()).records;
    expect(key).toBeDefined();
    hunt.add("stackkey", key!.toString("hex"));
    hunt.addBytes("stackkey", key!);
    const asked: [string, Promise<CommandResult>][] = [
        ["stack export", stack.pulumi(["stack", "export"])],
        ["stack output", stack.pulumi(["stack", "output", "--json"])],
        ["stack history", stack.pulumi(["stack", "history", "--json"])],
        ["status --json", stack.look("status", ["--json"]).result],
        ["status --long", stack.look("status", ["--long"]).result],
        ["logs", stack.look("logs", ["web", "--tail", "all"]).result],
    ];
    for (const [name, asking] of asked) {
        const { stdout, stderr } = await asking;
        printed.push([name, stdout + stderr]);
    }
    expect(hunt.inAll(printed)).toEqual([]);
    expect(hunt.inAll(await dockerPlaces())).toEqual([]);
    expect(hunt.below(stack.path, began)).toEqual([]);
    expect(hunt.below(temporary)).toEqual([]);
    expect(hunt.below(process.env.PULUMI_HOME ?? "/nonexistent", began)).toEqual([]);
    expect(hunt.below(environments)).toEqual([]);
}

/** @returns the value of an expression in a container, for the container's own user */
async function inContainer(color: Color, script: string): Promise<unknown> {
    const [container] = await containersOf(stack, color);
    const argv = ["node", "-p", `JSON.stringify(${script})`];
    const { stdout, stderr, exitCode } = await exec(front.engine, container?.id ?? "", argv);
    expect(exitCode, stderr).toBe(0);
    return JSON.parse(stdout);
}

describe("Secrets are where they belong, and nowhere else", () => {
    oneAfterTheOther();

    it("after a first release the containers have them unchanged, for their user alone", async () => {
        expectSuccess(await up("first release"));
        const read =
            'Object.fromEntries(fs.readdirSync("/run/secrets").map(name => [name, fs.readFileSync("/run/secrets/" + name, "utf8")]))';
        expect(await inContainer("blue", read)).toEqual(files);
        expect(await inContainer("blue", "process.env.API_KEY")).toBe(inEnv);
        const stat =
            'fs.readdirSync("/run/secrets").map(name => fs.statSync("/run/secrets/" + name)).map(({ mode, uid, gid }) => [mode.toString(8), uid, gid].join(" "))';
        expect(new Set((await inContainer("blue", stat)) as string[])).toEqual(new Set(["100400 1000 1000"]));
        await expectNoSecretAnywhere();
    });

    it.runIf(isFull)("the log of a release that prints them in every spelling is shown without them", async () => {
        stack.setConfig("services.web.entrypoint", ["node", "-e", talkative]);
        const { code, stdout, stderr } = await up("failed release");
        expect(code).not.toBe(0);
        expect(stdout + stderr).toMatch(/exited with code 3[\s\S]*API_KEY is \[secret\]/);
        // Docker's own log has them unchanged.
        const [failed] = await containersOf(stack, "green");
        const log = await front.engine.docker.getContainer(failed!.id).logs({ stdout: true, stderr: true });
        expect(hunt.in(log)).toEqual(["env", "lines", "long", "quotes", "unicode"]);
        expect(await outputsOf(stack)).toMatchObject({ live: "blue" });
        await expectNoSecretAnywhere();
    });

    it.runIf(isFull)("the output of hooks that print them is shown without them", async () => {
        stack.setConfig("services.web.entrypoint", undefined);
        stack.setConfig("services.web.image", `${registry.address}/shop/web:v2`);
        stack.setConfig("services.web.hooks", {
            preDeploy: { command: telling(0) },
            prePromotion: { command: telling(1) },
        });
        const { code, stdout, stderr } = await up("failed hook");
        expect(code).not.toBe(0);
        expect(stdout + stderr).toMatch(/hooks\.prePromotion: failed with exit code 1:[\s\S]*\[secret\]/);
        expect(readdirSync(environments).sort()).toEqual(["preDeploy", "prePromotion"]);
        expect(await outputsOf(stack)).toMatchObject({ live: "blue" });
        await expectNoSecretAnywhere();
    });

    it.runIf(isFull)("the verdict of a hook that prints them is recorded without them", async () => {
        stack.setConfig("services.web.hooks", {
            postPromotion: { command: telling(1) },
            onRollback: { command: telling(0) },
        });
        const { code, stdout, stderr } = await up("judged bad");
        expect(code).not.toBe(0);
        expect(stdout + stderr).toMatch(/was judged bad: hooks\.postPromotion: failed[\s\S]*\[secret\]/);
        expect(readdirSync(environments)).toContain("onRollback");
        expect(await outputsOf(stack)).toMatchObject({ live: "blue" });
        await expectNoSecretAnywhere();
    });

    it.runIf(isFull)("a release and a return show none of them", async () => {
        stack.setConfig("services.web.hooks", undefined);
        stack.setConfig("services.web.retryToken", "again");
        expectSuccess(await up("release"));
        expect(await outputsOf(stack)).toMatchObject({ live: "green" });
        stack.setConfig("services.web.image", `${registry.address}/shop/web:v1`);
        expectSuccess(await up("return"));
        expect(await outputsOf(stack)).toMatchObject({ live: "blue" });
        await expectNoSecretAnywhere();
    });

    it.runIf(isFull)("processes have only what Pulumi hands to its plugins, and the container's own variable", () => {
        const pulumis = /^\w+ in PULUMI_CONFIG of \S*node (?:--require \S+ )?\S*@pulumi\/pulumi\/cmd\/run/;
        const containers = /^env in API_KEY of /;
        expect([...processes.found].filter(where => !pulumis.test(where) && !containers.test(where))).toEqual([]);
        // The watch finds what is there.
        expect([...processes.found].some(where => pulumis.test(where))).toBe(true);
        expect([...processes.found].some(where => containers.test(where))).toBe(true);
        expect([...processes.seen].some(line => line.includes("hook.cjs"))).toBe(true);
        // No command line holds the one-time secret of a confirming request.
        expect([...processes.seen].filter(line => /(?:add|set) map .*confirm/.test(line))).toEqual([]);
    });

    it.runIf(isFull)("no one-time secret is left in HAProxy's memory or files", async () => {
        const ask = `for socket in ${folders.run}/master-*.sock; do printf '@1 show map ${folders.config}/current/maps/confirm.map\\n' | socat - UNIX-CONNECT:$socket; done; cat ${folders.config}/current/maps/confirm.map`;
        const { stdout } = await exec(front.engine, stack.front, ["sh", "-c", ask], { user: "0" });
        expect(stdout.match(/\b[0-9a-f]{32}\b/g)).toBeNull();
    });

    it.runIf(isFull)(
        "the search finds them where they belong: in the record, in the containers and encrypted in the state",
        async () => {
            const inRecord =
                (await record()).get("record/services/web.json") ?? (await record()).get("services/web.json");
            expect(hunt.in(inRecord ?? "")).toEqual(["env", "lines", "long", "quotes", "unicode"]);
            const [container] = await containersOf(stack, "blue");
            const quotes = await readFile(front.engine, container!.id, "/run/secrets/QUOTES");
            expect(hunt.in(quotes ?? "")).toEqual(["quotes"]);
            const inspected = await front.engine.docker.getContainer(container!.id).inspect();
            expect(hunt.in(JSON.stringify(inspected.Config.Env))).toEqual(["env"]);
            expect(hunt.below(join(own, "secrets"))).toHaveLength(5);
            const shown = expectSuccess(await stack.pulumi(["stack", "export", "--show-secrets"])).stdout;
            expect(hunt.in(shown)).toEqual(["env", "lines", "long", "quotes", "registry", "stackkey", "unicode"]);
            // All are encrypted there. A hook's Command has them to keep them out of its output, and Pulumi keeps the config
            // beside dynamic resources.
            const { resources } = (JSON.parse(shown) as { deployment: { resources: { type: string }[] } }).deployment;
            const holders = resources.filter(resource => hunt.in(JSON.stringify(resource)).length > 0);
            expect([...new Set(holders.map(({ type }) => type.split(":").at(-1)))].sort()).toEqual([
                "Command",
                "Deployment",
                "FrontConfig",
                "pulumi-nodejs",
            ]);
            expect(hunt.in(`Basic ${Buffer.from(`relink:${registry.password}`).toString("base64")}`)).toEqual([
                "registry",
            ]);
            expect(readFileSync(join(stack.path, "report.html"), "utf8")).toContain("pulumi up of");
        },
    );
});
