import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readFolder } from "../../docker/archive";
import { Engine } from "../../docker/Engine";
import { folders } from "../../model/folders";
import { parseCertificates } from "../../model/RecordedCertificate";
import type { Phase } from "../../up/phases";
import { expectSuccess } from "../support/command";
import { HaltedRun } from "../support/HaltedRun";
import { isFull } from "../support/isFull";
import { Pebble } from "../support/Pebble";
import { oneAfterTheOther, webStack } from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";
import { tlsVisit } from "../support/tlsVisit";

const shop = "shop.example.com";

const engine = Engine.connect();

let stack: TestStack;
let pebble: Pebble;

beforeAll(async () => {
    stack = await createStack({ config: webStack({ hosts: [shop] }) });
    pebble = await Pebble.start({ httpPort: stack.ports.http });
});

afterAll(async () => {
    await stack?.cleanup();
    await pebble?.stop();
});

/** Where an `up` that orders a certificate dies. */
const steps: Phase[] = [
    "certificate: account",
    "certificate: key",
    "certificate: order",
    "certificate: challenge",
    "certificate: issued",
];

/** @returns what the record has of keys: the account's, and by certificate the present one's and the next one's */
async function keysInRecord(): Promise<Record<string, string | undefined>> {
    const files = await readFolder(engine, stack.front, folders.record);
    const { account, certificates } = parseCertificates(
        new Map([...files].map(([path, content]) => [path, content.toString("utf8")])),
    );
    const ofCertificates = [...certificates.values()].map(({ name, issued, next }): [string, string | undefined] => [
        name,
        (next?.key ?? /-----BEGIN PRIVATE KEY[\s\S]*/.exec(issued?.pem ?? "")?.[0])?.trim(),
    ]);
    return { account: account?.key, ...Object.fromEntries(ofCertificates) };
}

describe("A front with certificates by ACME", () => {
    oneAfterTheOther();

    it("has one before its first link opens", async () => {
        stack.setConfig("front.https.acme", { directory: pebble.directory, directoryCa: pebble.ca });
        expectSuccess(await stack.up());
        const visit = await tlsVisit(stack.ports.https, { ca: await pebble.root(), serverName: shop });
        expect(visit).toMatchObject({ status: 200 });
    });

    it.each(isFull ? steps : steps.slice(2, 3))("goes on with the keys of an up that died at %s", async step => {
        const host = `${step.replace(/\W+/g, "-")}.example.com`;
        stack.setConfig("services.web.hosts", [shop, host]);
        if (step === "certificate: account") {
            await pebble.restart({ httpPort: stack.ports.http });
            stack.setConfig("front.https.acme.directory", `${pebble.directory}?again`);
        }
        const halted = await HaltedRun.at(step, stack);
        await halted.kill("both");
        expectSuccess(await stack.pulumi(["cancel", "--yes"]));
        const before = await keysInRecord();
        expectSuccess(await stack.up());
        expect(await keysInRecord()).toMatchObject(step === "certificate: account" ? {} : before);
        const visit = await tlsVisit(stack.ports.https, { ca: await pebble.root(), serverName: host });
        expect(visit).toMatchObject({ status: 200 });
    });
});
