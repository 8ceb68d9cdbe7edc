import { execFileSync } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectFailure, expectSuccess } from "../support/command";
import { isFull } from "../support/isFull";
import { LiveFront } from "../support/LiveFront";
import { rawRequest } from "../support/rawRequest";
import { lifeOf, oneAfterTheOther, outputsOf, underLoad, webStack, withoutWebSockets } from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";
import { repository } from "../support/stackFolder";
import { sweepStack } from "../support/sweep";

// Three stacks on one front (docs/several-stacks.md), which one of them owns. Users of each ask all the time.

type Name = "own" | "one" | "two";
const hosts = { own: "own.example.com", one: "one.example.com", two: "two.example.com" } as const;
const services = { own: "web", one: "web-one", two: "web-two" } as const;
const others = ["one", "two"] as const;
const all = ["own", ...others] as const;
const lockTimeout = "10m";
/** An `up` waits for those of the other stacks. */
const timeoutSeconds = 900;

const stacks = {} as Record<Name, TestStack>;

beforeAll(async () => {
    if (isFull) {
        stacks.own = await createStack({ config: webStack({ hosts: [hosts.own], lockTimeout }) });
        expectSuccess(await stacks.own.up());
        for (const name of others) {
            stacks[name] = await using(stacks.own.front, { [services[name]]: { hosts: [hosts[name]] } });
        }
    }
});

afterAll(async () => {
    for (const name of [...others, "own"] as const) {
        await stacks[name]?.cleanup();
    }
});

/** @returns a stack that uses this front for its services */
async function using(front: string, wanted: Record<string, object>): Promise<TestStack> {
    const { services: quick } = webStack({ lockTimeout });
    const each = Object.entries(wanted).map(([name, service]) => [name, { ...(quick?.web as object), ...service }]);
    const stack = await createStack({ config: { services: Object.fromEntries(each) } });
    stack.setConfig("front", { use: front });
    return stack;
}

/** Asks the services of these stacks all the time, while something happens. No request may be lost. */
async function whileAsked(scenario: string, names: readonly Name[], act: () => Promise<void>): Promise<void> {
    const [name, ...rest] = names;
    if (name === undefined) {
        return act();
    }
    await underLoad(`${scenario}: users of ${name}`, stacks.own, () => whileAsked(scenario, rest, act), {
        mix: withoutWebSockets,
        ratePerSecond: 60,
        hostHeader: hosts[name],
        answeredBy: { services: [services[name]] },
    });
}

async function statusOf(host: string, ...headers: string[]): Promise<number | undefined> {
    const lines = ["GET /healthz HTTP/1.1", `host: ${host}`, "connection: close", ...headers, "", ""];
    return (await rawRequest(stacks.own.ports.http, lines.join("\r\n")))?.status;
}

async function lives(...names: Name[]): Promise<unknown> {
    const colors = names.flatMap(name => (["blue", "green"] as const).map(color => [name, color] as const));
    return Promise.all(colors.map(([name, color]) => lifeOf(stacks[name], color, services[name])));
}

/** Runs an `up` of each at the same time. All have to succeed. */
async function upAtOnce(names: readonly Name[]): Promise<void> {
    for (const result of await Promise.all(names.map(name => stacks[name].up([], { timeoutSeconds })))) {
        expectSuccess(result);
    }
}

describe.runIf(isFull)("A front that several stacks use", () => {
    oneAfterTheOther();

    it("serves the first releases of two other stacks, made at the same time", async () => {
        const before = await lives("own");
        await whileAsked("two stacks come", ["own"], () => upAtOnce(others));
        expect(await Promise.all(all.map(name => statusOf(hosts[name])))).toEqual([200, 200, 200]);
        expect(await lives("own")).toEqual(before);
        expect(await outputsOf(stacks.one, services.one)).toMatchObject({
            live: "blue",
            url: `http://${hosts.one}:${stacks.own.ports.http}`,
            previewUrl: `http://${services.one}.localhost:${stacks.own.ports.preview}`,
        });
        for (const name of all) {
            expect(expectSuccess(await stacks[name].up()).stdout).not.toMatch(/updated|created|replaced/);
        }
    });

    it("gets a release of each at the same time, and no request of any is lost", async () => {
        for (const name of all) {
            stacks[name].setConfig(`services.${services[name]}.image`, "relink-hello:v2");
        }
        await whileAsked("three releases at once", all, () => upAtOnce(all));
        for (const name of all) {
            expect(await outputsOf(stacks[name], services[name])).toMatchObject({ live: "green" });
        }
    });

    it("refuses a host, and a name, that another stack has: in the preview and in the up", async () => {
        const before = await lives(...all);
        const { one, own } = stacks;
        const taken = (host: string, name: Name) =>
            `takes ${host}, which the service ${services[name]} of the stack relink/${stacks[name].name} has already on the front ${own.front}`;
        for (const [stack, name, other] of [
            [one, "one", "two"],
            [own, "own", "two"],
            [one, "one", "own"],
        ] as const) {
            stack.setConfig(`services.${services[name]}.hosts`, [hosts[name], hosts[other]]);
            for (const result of [await stack.preview(), await stack.up()]) {
                expect(expectFailure(result)).toContain(taken(hosts[other], other));
            }
            stack.setConfig(`services.${services[name]}.hosts`, [hosts[name]]);
        }
        const namesake = await using(own.front, { [services.two]: { hosts: ["other.example.com"] } });
        try {
            expect(expectFailure(await namesake.up())).toContain(
                `has the name of a service of the stack relink/${stacks.two.name} on the front ${own.front}`,
            );
        } finally {
            await namesake.cleanup();
        }
        expect(await lives(...all)).toEqual(before);
    });

    it("gives a host that two stacks claim at the same moment to one of them", async () => {
        const contested = "contested.example.com";
        for (const name of others) {
            stacks[name].setConfig(`services.${services[name]}.hosts`, [hosts[name], contested]);
        }
        await whileAsked("two stacks claim one host", others, async () => {
            const results = await Promise.all(others.map(name => stacks[name].up([], { timeoutSeconds })));
            const refused = results.filter(({ code }) => code !== 0);
            expect(refused).toHaveLength(1);
            expect(expectFailure(refused[0]!)).toContain(contested);
        });
        expect(await statusOf(contested)).toBe(200);
        for (const name of others) {
            stacks[name].setConfig(`services.${services[name]}.hosts`, [hosts[name]]);
        }
        await upAtOnce(others);
        expect(await statusOf(contested)).toBe(404);
    });

    it("keeps what each stack says of its own services when another one changes the front", async () => {
        const { one, own } = stacks;
        const hash = execFileSync("openssl", ["passwd", "-6", "-stdin"], { input: "open sesame" }).toString().trim();
        await one.setSecret("relink:users.alice", hash);
        one.setConfig(`services.${services.one}.auth`, { basic: ["alice"] });
        const good = `authorization: Basic ${Buffer.from("alice:open sesame").toString("base64")}`;
        await whileAsked("a password for one stack, other headers for all", ["own", "two"], async () => {
            expectSuccess(await one.up());
            own.setConfig("front.responseHeaders", { "x-front": "changed" });
            expectSuccess(await own.up());
        });
        expect(await statusOf(hosts.one)).toBe(401);
        expect(await statusOf(hosts.one, good)).toBe(200);
        expect(await Promise.all([statusOf(hosts.own), statusOf(hosts.two)])).toEqual([200, 200]);
        one.setConfig(`services.${services.one}.auth`, undefined);
        one.setConfig("users", undefined);
        expectSuccess(await one.up());
        expect(await statusOf(hosts.one)).toBe(200);
    });

    it("keeps the services of all when HAProxy restarts, and one stack when it loses its state", async () => {
        const { one, own } = stacks;
        const front = new LiveFront(own);
        await front.engine.docker.getContainer((await front.observe()).generations.at(-1)!.id).restart();
        await expect.poll(() => statusOf(hosts.two), { timeout: 20_000 }).toBe(200);
        expect(await Promise.all(all.map(name => statusOf(hosts[name])))).toEqual([200, 200, 200]);

        const before = await lives(...all);
        one.loseState();
        expectSuccess(await one.pulumi(["stack", "init", one.name]));
        const { stdout } = expectSuccess(await one.up());
        expect(stdout).toContain("adopts what runs, which Pulumi's state does not know");
        expect(await lives(...all)).toEqual(before);
    });

    it("is not destroyed while others use it, and shows who does", async () => {
        const before = await lives(...all);
        const users = others.map(name => `relink/${stacks[name].name} (${services[name]})`).sort();
        await whileAsked("a refused destroy", all, async () => {
            expect(expectFailure(await stacks.own.destroy())).toContain(
                `because other stacks use it: ${users.join(", ")}`,
            );
        });
        expect(await lives(...all)).toEqual(before);
        const { stdout } = await stacks.own.look("status").result;
        expect(stdout.replace(/\s+/g, " ")).toContain(`used by ${users.join(", ")}`);
        const shown = await stacks.one.look("status", ["--json"]).result;
        expect(JSON.parse(shown.stdout)).toMatchObject({
            front: { name: stacks.own.front, owner: `relink/${stacks.own.name}` },
            services: [{ name: services.one }],
        });
        expect(expectFailure(await stacks.one.look("renew").result)).toContain("is another stack's");
    });

    it("goes on serving the others when one stack is destroyed", async () => {
        const before = await lives("own", "two");
        await whileAsked("one stack goes", ["own", "two"], async () => {
            expectSuccess(await stacks.one.destroy());
        });
        expect(await lives("own", "two")).toEqual(before);
        expect(await lives("one")).toEqual([[], []]);
        expect(await statusOf(hosts.one)).toBe(404);
        const { records, front } = await new LiveFront(stacks.own).observe();
        expect([...records.services.keys()].sort()).toEqual([services.own, services.two]);
        expect([...(front?.workers.at(-1)?.backends.keys() ?? [])].filter(name => name.includes("one"))).toEqual([]);
    });

    it("has an environment for each pull request by the script of examples/pull-requests", async () => {
        const { own } = stacks;
        const folder = join(own.path, "pull-requests");
        cpSync(join(repository, "examples/pull-requests"), folder, { recursive: true });
        const template = join(folder, "Pulumi.pr.yaml");
        writeFileSync(template, readFileSync(template, "utf8").replace("use: previews", `use: ${own.front}`));
        const host = "pr-123.preview.example.com";
        try {
            await whileAsked("an environment comes and goes", ["own", "two"], async () => {
                for (const version of ["v1", "v2"]) {
                    expectSuccess(await own.shell(`pull-requests/environment up 123 relink-hello:${version}`));
                    expect(await statusOf(host)).toBe(200);
                }
                expectSuccess(await own.shell("pull-requests/environment down 123"));
            });
        } finally {
            await sweepStack("pr-123");
        }
        expect(await statusOf(host)).toBe(404);
        for (const wrong of ["up 1;2 x", "up 1 'a|b'", "down", "up 1"]) {
            expect((await own.shell(`pull-requests/environment ${wrong}`)).code).toBe(2);
        }
    });

    it("is destroyed once nobody else uses it", async () => {
        expectSuccess(await stacks.two.destroy());
        expectSuccess(await stacks.own.destroy());
    });
});
