import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listenerPorts } from "../../front/listeners";
import { expectSuccess } from "../support/command";
import { FrontFigures, readFigures } from "../support/floods/FrontFigures";
import { type FloodKind, floodKinds, type Target } from "../support/floods/messages";
import { startFlood } from "../support/floods/startFlood";
import { HttpsStack, hosts } from "../support/HttpsStack";
import { isFull } from "../support/isFull";
import type { LoadMix, LoadResult } from "../support/load";
import { oneAfterTheOther, outputsOf, underLoad } from "../support/scenario";

// A front as a user has it, with HTTP and HTTPS, is attacked while a release is made and judged.

/** The bar of `npm run bench` for what relink adds to a release, seconds. An attack may add as much once more. */
const barSeconds = 2;
const plainLanes: LoadMix = { post: 2, newConnection: 2, slow: 1, stream: 1 };
const secureLanes: LoadMix = { ...plainLanes, http2: 3 };
/** So many idle connections, where HAProxy has enough besides them for the users and the other attackers. */
const idle = 10_000;
const others = 1_800;

let https: HttpsStack;
let target: Target;
let releases = 0;
let calmSeconds = 0;

beforeAll(async () => {
    https = await HttpsStack.create();
    const { stack, front } = https;
    stack.setConfig("services.web.bakeTime", "5s");
    stack.setConfig("services.echo", undefined);
    stack.setConfig("front.https", { certificates: ["shop"] });
    await https.renewShop();
    expectSuccess(await https.up("first"));
    // Later releases also remove the containers of the one before the last.
    wishRelease();
    expectSuccess(await https.up("second"));
    target = {
        published: { host: "127.0.0.1", http: stack.ports.http, https: stack.ports.https },
        inside: {
            host: (await front.observe()).anchor?.address ?? "",
            http: listenerPorts.http,
            https: listenerPorts.https,
        },
        host: hosts.shop,
        // HAProxy takes half as many connections as Docker lets it open files. That is less than `idle` on some machines.
        idle: Math.min(idle, (await readFigures(stack.ports.metrics))("max_connections") - others),
    };
});

afterAll(() => https?.cleanup());

/** Asks for a release with the other image. @returns the color that gets it */
function wishRelease(): string {
    releases += 1;
    https.stack.setConfig("services.web.image", `relink-hello:v${(releases % 2) + 1}`);
    // So that the color is deployed again, instead of linked again.
    https.stack.setConfig("services.web.env", { RELEASE: String(releases) });
    return releases % 2 === 0 ? "blue" : "green";
}

/** Does something under load with and without TLS. @returns both results */
async function underBothLoads(name: string, act: () => Promise<void>): Promise<Record<"HTTP" | "HTTPS", LoadResult>> {
    const { stack } = https;
    let plain: LoadResult | undefined;
    const plainly = { mix: plainLanes, ratePerSecond: 100, hostHeader: hosts.shop };
    const both = async () => {
        plain = await underLoad(`${name}, HTTP`, stack, act, plainly);
    };
    const secure = await underLoad(`${name}, HTTPS`, stack, both, { ...https.load(secureLanes), ratePerSecond: 100 });
    return { HTTP: plain!, HTTPS: secure };
}

function showLatency(name: string, { latency, longestPauseMs }: LoadResult): void {
    const figures = [latency.p50Ms, latency.p99Ms, latency.maxMs, longestPauseMs].map(ms => `${Math.round(ms)} ms`);
    console.log(`${name}: p50, p99, slowest, and the load client's longest pause: ${figures.join(", ")}`);
}

/** Releases under load, and under attack. @returns how long it took, seconds */
async function releaseUnder(name: string, kinds: FloodKind[]): Promise<number> {
    const { stack } = https;
    const color = wishRelease();
    const scenario = `a release under ${name}`;
    let seconds = 0;
    let printed = "";
    const loads = await underBothLoads(scenario, async () => {
        const flood = startFlood(kinds, target);
        const figures = new FrontFigures(stack.ports.metrics);
        try {
            const result = expectSuccess(await https.up(scenario));
            seconds = result.seconds;
            printed = result.stdout + result.stderr;
        } finally {
            console.log(`${scenario}:`, await flood.stop(), await figures.stop());
        }
    });
    showLatency(`${scenario}, HTTP`, loads.HTTP);
    showLatency(`${scenario}, HTTPS`, loads.HTTPS);
    expect(printed).toMatch(/ is stable: 0 of \d+/);
    expect(await outputsOf(stack)).toMatchObject({ live: color, stable: color });
    return seconds;
}

/** Releases under attack, and says how much slower that was. Time is not asserted: the attackers share the machine. */
async function compare(name: string, kinds: FloodKind[]): Promise<void> {
    const seconds = await releaseUnder(name, kinds);
    const slower = seconds - calmSeconds;
    console.log(
        `a release under ${name}: ${seconds.toFixed(1)} s, ${slower.toFixed(1)} s more than without an attack; ` +
            `the bar is ${barSeconds} s: ${slower <= barSeconds ? "met" : "missed"}`,
    );
}

describe("A release", () => {
    oneAfterTheOther();

    it("without an attack, to compare with", async () => {
        calmSeconds = await releaseUnder("no attack", []);
    });

    it.skipIf(!isFull).each(floodKinds)("under %s fails no request of a user", async kind => {
        await compare(kind, [kind]);
    });

    it("under all attacks at once fails no request of a user", async () => {
        await compare("all attacks at once", [...floodKinds]);
    });
});
