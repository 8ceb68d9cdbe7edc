import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectSuccess } from "../support/command";
import { HttpsStack, hosts } from "../support/HttpsStack";
import { isFull } from "../support/isFull";
import { oneAfterTheOther, underLoad } from "../support/scenario";

// One stack whose front gets 25 settings, one after the other, and loses them again: 50 changes, each by an `up` of its own. It
// takes long, so it needs `RELINK_FULL=1`.

const { shop, other } = hosts;

/** Path below `relink:` -> value. None of them is set before. */
const settings: [path: string[], value: unknown][] = [
    [["front", "timeouts", "connect"], "4s"],
    [["front", "timeouts", "client"], "40s"],
    [["front", "timeouts", "server"], "40s"],
    [["front", "timeouts", "httpRequest"], "9s"],
    [["front", "timeouts", "httpKeepAlive"], "14s"],
    [["front", "timeouts", "queue"], "9s"],
    [["front", "timeouts", "tunnel"], "30m"],
    [["front", "timeouts", "clientFin"], "9s"],
    [["front", "timeouts", "serverFin"], "9s"],
    [["front", "timeouts", "check"], "4s"],
    [
        ["front", "trustedProxies"],
        ["192.0.2.10", "2001:db8::/32"],
    ],
    [["front", "redirects"], { "www.example.com": shop }],
    [["front", "responseHeaders"], { "x-frame-options": "DENY" }],
    [["front", "limits"], { body: "10m", rate: "100/10s", connections: 100 }],
    [["front", "compression"], ["text/html"]],
    [["front", "healthPath"], "/front-health"],
    [["front", "accessLog"], "json"],
    [["front", "haproxy"], { global: ["tune.ssl.cachesize 10000"], frontend: ["http-request set-header x-one 1"] }],
    [["front", "https", "minVersion"], "TLSv1.3"],
    [["front", "https", "hsts"], "max-age=60"],
    [["front", "http", "redirectToHttps"], 308],
    [["front", "https", "default"], "other"],
    [["services", "echo", "maintenance"], true],
    [["services", "echo", "allow"], ["192.0.2.0/24"]],
    [["services", "echo", "paths"], ["/echo"]],
];
/** So many changes go under one load, which has a bound. */
const together = 5;

let https: HttpsStack;

beforeAll(async () => {
    if (!isFull) {
        return;
    }
    https = await HttpsStack.create();
    await https.renewShop();
    await https.give("other", { hosts: [other] });
    https.stack.setConfig("front.https", { certificates: ["shop", "other"] });
    expectSuccess(await https.up("before the settings"));
});

afterAll(() => https?.cleanup());

/** Makes these changes under load, each by an `up` that changes something. */
async function change(scenario: string, changes: [path: string[], value: unknown][]): Promise<void> {
    const { stack } = https;
    await underLoad(
        scenario,
        stack,
        async () => {
            for (const [path, value] of changes) {
                stack.setConfig(path, value);
                const { stdout } = expectSuccess(await https.up(path.join(".")));
                expect(stdout, path.join(".")).toMatch(/\d+ updated/);
            }
        },
        https.load(),
    );
}

describe.runIf(isFull)("the front's settings", () => {
    oneAfterTheOther();

    const batches = Array.from({ length: settings.length / together }, (_, index) =>
        settings.slice(index * together, (index + 1) * together),
    );

    it.each(batches.map((batch, index) => [index * together + 1, (index + 1) * together, batch] as const))(
        "%i to %i are set without a lost request",
        (from, to, batch) => change(`settings ${from} to ${to}`, batch),
    );

    it.each(batches.map((batch, index) => [index * together + 1, (index + 1) * together, batch] as const))(
        "%i to %i are taken back without a lost request",
        (from, to, batch) =>
            change(
                `settings ${from} to ${to} taken back`,
                batch.map(([path]) => [path, undefined]),
            ),
    );

    it("are all as before, and so nothing is to do", async () => {
        expect(await https.changes(async () => void expectSuccess(await https.up("nothing")))).toEqual([]);
    });
});
