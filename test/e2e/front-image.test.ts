import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inspectContainer } from "../../docker/ContainerInfo";
import type { Phase } from "../../up/phases";
import { expectFailure, expectSuccess } from "../support/command";
import { HaltedRun, hostsOf, isLocked, type Way, ways } from "../support/HaltedRun";
import { fingerprintOf, HttpsStack } from "../support/HttpsStack";
import { isFull } from "../support/isFull";
import { oneAfterTheOther, outputsOf, underLoad } from "../support/scenario";

// One stack whose HAProxy gets another image again and again. The order matters. It takes long, so it needs `RELINK_FULL=1`.

const [older, newer] = ["haproxy:3.0", "haproxy:3.2"] as const;
const steps: Phase[] = ["front: try", "front: hand over", "front: leave"];

let https: HttpsStack;

/** Changes HAProxy's image by an `up` under load. */
async function change(scenario: string, image: string): Promise<void> {
    https.stack.setConfig("front.image", image);
    await https.upUnderLoad(scenario);
    expect(await https.front.versions()).toEqual([image.split(":")[1]]);
}

beforeAll(async () => {
    if (!isFull) {
        return;
    }
    https = await HttpsStack.create();
    await https.renewShop();
    https.stack.setConfig("front.https", { certificates: ["shop"] });
    https.stack.setConfig("front.image", older);
    expectSuccess(await https.up("the first image"));
});

afterAll(() => https?.cleanup());

describe.runIf(isFull)("another image of HAProxy", () => {
    oneAfterTheOther();

    it("shows in the preview, costs no request there and back again, and keeps the anchor", async () => {
        const before = await https.anchor();
        https.stack.setConfig("front.image", newer);
        const { stdout } = expectSuccess(await https.stack.preview());
        expect(stdout).toMatch(/handOver *: "HAProxy 3\.0\.\d+ => haproxy:3\.2, by a hand-over"/);
        expect(stdout).toMatch(/image *: "haproxy:3\.0" => "haproxy:3\.2"/);
        expect(stdout).toContain("1 to update");
        await change("HAProxy 3.0 to 3.2", newer);
        expect(await https.anchor()).toEqual(before);
        expect(await https.changes(async () => void expectSuccess(await https.up("nothing")))).toEqual([]);
        await change("HAProxy 3.2 to 3.0", older);
        expect(await https.anchor()).toEqual(before);
        await https.front.oneRuns();
    });

    it("goes with a release in the same up", async () => {
        const { stack } = https;
        stack.setConfig("front.image", newer);
        stack.setConfig("services.web.image", "relink-hello:v2");
        await https.upUnderLoad("HAProxy 3.2 and a release");
        expect(await https.front.versions()).toEqual(["3.2"]);
        expect(await outputsOf(stack)).toMatchObject({ live: "green" });
        await https.front.oneRuns();
    });

    it("goes with a setting that only the new HAProxy has, and back again without it", async () => {
        const { stack } = https;
        await change("HAProxy 3.2 to 3.0 once more", older);
        // 3.0 does not know this line (haproxy's doc/configuration.txt of 3.2).
        stack.setConfig("front.haproxy", { global: ["dns-accept-family ipv4"] });
        await change("HAProxy 3.2 and a line of its own", newer);
        stack.setConfig("front.haproxy", undefined);
        await change("HAProxy 3.0 without that line", older);
        await https.front.oneRuns();
    });

    it.each([
        ["relink-hello:v1", /relink-hello:v1 has no program haproxy\. The front goes on/],
        ["haproxy:nowhere", /relink:front\.image: .*haproxy:nowhere/],
    ])("is refused where it is %s, and the front goes on", async (image, message) => {
        const { stack } = https;
        const before = await https.workers();
        stack.setConfig("front.image", image);
        await underLoad(
            `refused: ${image}`,
            stack,
            async () => {
                const printed = expectFailure(await https.up(`refused: ${image}`));
                expect(printed).toMatch(message);
                expect(printed).toContain("pulumi config set --path 'relink:front.image' haproxy:3.0");
            },
            https.load(),
        );
        stack.setConfig("front.image", older);
        // An `up` that failed may have left something in the record. The next one finds that all is as it was.
        expectSuccess(await https.up("as before"));
        expect(await https.workers()).toEqual(before);
        expect(await https.changes(async () => void expectSuccess(await https.up("nothing")))).toEqual([]);
    });

    it("leaves a changed certificate alone where it is refused, also in HAProxy's files", async () => {
        const { stack } = https;
        const [file, served] = [await https.file("shop"), await https.served()];
        await https.renewShop();
        stack.setConfig("front.image", "relink-hello:v1");
        expectFailure(await https.up("refused beside a changed certificate"));
        expect(await https.file("shop")).toBe(file);
        expect(await https.served()).toBe(served);
        stack.setConfig("front.image", older);
        expectSuccess(await https.up("the changed certificate alone"));
        expect(await https.served()).toBe(fingerprintOf(https.current));
    });

    it("is finished by the next up, wherever one died", async () => {
        const { stack } = https;
        for (const [index, step] of steps.entries()) {
            const way = ways[index % ways.length] as Way;
            const image = index % 2 === 0 ? newer : older;
            stack.setConfig("front.image", image);
            await underLoad(
                `kill -9 of ${way} at "${step}"`,
                stack,
                async () => {
                    await (await HaltedRun.at(step, stack)).kill(way);
                    if (isLocked(stack)) {
                        expectSuccess(await stack.pulumi(["cancel", "--yes"]));
                    }
                    expectSuccess(await https.up(`after ${step}`));
                },
                https.load(),
            );
            expect(await https.front.versions()).toEqual([image.split(":")[1]]);
            await https.front.oneRuns();
        }
        expect(hostsOf(stack)).toEqual([]);
        const { engine } = https.front;
        expect(await inspectContainer(engine, `${stack.front}-gen-1`)).toBeUndefined();
    });
});
