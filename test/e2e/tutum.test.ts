import { X509Certificate } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { currentWorkers } from "../../model/World";
import { Authority, type MadeCertificate } from "../support/certificates";
import { type CommandResult, expectSuccess } from "../support/command";
import { isFull } from "../support/isFull";
import { LiveFront } from "../support/LiveFront";
import type { LoadMix } from "../support/load";
import { rawRequest } from "../support/rawRequest";
import { haproxyImage, oneAfterTheOther, outputsOf, type ScenarioOptions, underLoad } from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";
import { repository } from "../support/stackFolder";
import { tlsVisit } from "../support/tlsVisit";

// The stack of examples/tutum-stack, as docs/tutum.md says it: converted, released, returned and renewed over HTTPS.

const host = "shop.example.com";
const file = "examples/tutum-stack/tutum.yml";
const everyLane: LoadMix = { post: 2, newConnection: 2, slow: 1, stream: 1, webSocket: 1, http2: 2 };
/** Handshakes before and after a change. */
const enough = 200;

let authority: Authority;
let stack: TestStack;
let current: MadeCertificate;

/** Issues a certificate. @returns it with its issuer's and its key, the key first, as Tutum wanted it */
async function issue(): Promise<string> {
    current = await authority.issue({ hosts: [host] });
    return [current.key, current.certificate, authority.intermediate].map(part => part.trim()).join("\n");
}

/** Runs commands as the page has them, in the repository's folder, on this stack. */
function asWritten(script: string, env: Record<string, string> = {}): Promise<CommandResult> {
    const functions = [
        `npm() { (cd '${repository}' && command npm "$@"); }`,
        `pulumi() { command pulumi "$@" --stack ${stack.name}; }`,
    ];
    return stack.shell([...functions, script].join("\n"), { env });
}

function load(mix = everyLane): ScenarioOptions {
    const url = `https://127.0.0.1:${stack.ports.https}`;
    return { url, hostHeader: host, ca: authority.root, mix, ratePerSecond: 200 };
}

async function served(): Promise<string> {
    return (await tlsVisit(stack.ports.https, { ca: authority.root, serverName: host })).fingerprint;
}

function fingerprint(): string {
    return new X509Certificate(current.certificate).fingerprint;
}

beforeAll(async () => {
    if (isFull) {
        authority = await Authority.create();
        stack = await createStack({ config: { front: { image: haproxyImage } } });
    }
});

afterAll(() => stack?.cleanup());

describe.runIf(isFull)("The stack of Tutum's HAProxy", () => {
    oneAfterTheOther();

    it("becomes a stack config, by a command and the commands that it prints", async () => {
        const env = { DEFAULT_SSL_CERT: (await issue()).replaceAll("\n", "\\n") };
        const { stdout } = expectSuccess(await asWritten(`npm run -s from-tutum -- ${file}`, env));
        const { "relink:front": front, "relink:services": services } = parse(stdout).config;
        expect(stdout).not.toContain("PRIVATE KEY");
        // The test has ports of its own.
        const { http, ...others } = front as { http: Record<string, unknown> };
        stack.setConfig("front.http.redirectToHttps", http.redirectToHttps);
        for (const [key, value] of Object.entries(others)) {
            stack.setConfig(`front.${key}`, value);
        }
        stack.setConfig("services", services);
        const commands = [...stdout.matchAll(/^# {5}((?:npm run|pulumi config) .*)$/gm)].map(([, line = ""]) => line);
        expect(commands).toHaveLength(2);
        for (const command of commands) {
            expectSuccess(await asWritten(command.replace(" PORT ", " 8080 "), env));
        }
    });

    it("is there after its first up, over HTTPS, and redirects what comes without", async () => {
        expectSuccess(await stack.up());
        expect(await outputsOf(stack)).toMatchObject({ live: "blue" });
        expect(await served()).toBe(fingerprint());
        const head = `GET /a?b=c HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
        const redirect = await rawRequest(stack.ports.http, head);
        expect(redirect?.status).toBe(301);
        expect(redirect?.headers.get("location")).toBe(`https://${host}:${stack.ports.https}/a?b=c`);
    });

    it("is released and returned under load, and loses no request", async () => {
        stack.setConfig("services.web.image", "relink-hello:v2");
        const result = await underLoad(
            "Tutum stack: release and return over HTTPS",
            stack,
            async run => {
                expectSuccess(await stack.up());
                await run.until(({ byVersion }) => (byVersion.v2?.requests ?? 0) >= 100, "v2 answers");
                await run.mark("return");
                stack.setConfig("services.web.image", "relink-hello:v1");
                expect(expectSuccess(await stack.up()).stdout).toContain("only the link moves green => blue");
                const { requests } = (await run.snapshot()).byVersion.v1!;
                await run.until(({ byVersion }) => byVersion.v1!.requests >= requests + 100, "v1 answers");
            },
            load(),
        );
        expect(result.phases.map(({ byVersion }) => Object.keys(byVersion).sort())).toEqual([
            ["v1", "v2"],
            ["v1", "v2"],
        ]);
        expect(result.webSockets).toMatchObject({ opened: 1, alive: 1 });
    });

    it("gets a renewed certificate without a reload and without a failed handshake", async () => {
        const front = new LiveFront(stack);
        const workers = async () => currentWorkers((await front.observe()).front).map(({ pid }) => pid);
        const before = await workers();
        const renewed = await issue();
        const set = `printf '%s' "$PEM" | pulumi config set --secret --path relink:certificates.default`;
        const result = await underLoad(
            "Tutum stack: a renewed certificate",
            stack,
            async run => {
                await run.until(({ requests }) => requests >= enough, "handshakes before");
                expectSuccess(await asWritten(set, { PEM: renewed }));
                expectSuccess(await stack.up());
                expect(await served()).toBe(fingerprint());
                const { requests } = await run.snapshot();
                await run.until(now => now.requests >= requests + enough, "handshakes afterwards");
            },
            load({ newConnection: 8, http2: 1 }),
        );
        expect(result.byLane.newConnection).toBeGreaterThan(enough);
        expect(await workers()).toEqual(before);
    });
});
