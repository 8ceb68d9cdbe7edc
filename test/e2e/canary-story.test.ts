import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { countsOf, expectShare } from "../support/canary";
import { expectSuccess } from "../support/command";
import { isFull } from "../support/isFull";
import { lifeOf, outputsOf, underLoad, webStack } from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";

describe.runIf(isFull)("The canary story: Debian's nginx is the old app, Debian's apache2 the new one", () => {
    let story: TestStack;
    const ask = (image: string, weight: number, replicas = 4) => {
        story.setConfig("services.web.image", `relink-${image}:debian`);
        story.setConfig("services.web.strategy", { canary: { weight, replicas } });
    };
    const counts = () => countsOf(story);
    const up = (name: string) =>
        underLoad(name, story, async () => void expectSuccess(await story.up()), { mix: { newConnection: 1 } });

    beforeAll(async () => {
        story = await createStack({
            config: webStack({
                image: "relink-nginx:debian",
                port: 80,
                replicas: 4,
                health: { path: "/", interval: "500ms" },
            }),
        });
        expectSuccess(await story.up());
    });

    afterAll(() => story?.cleanup());

    it("one new instance answers 1 of 4 requests", async () => {
        ask("apache2", 25, 1);
        await up("story: one apache2 beside 4 nginx");
        await expectShare("apache2", 25, story, 10_000);
        expect(await counts()).toEqual([4, 1]);
    });

    it("after going back, the old instances answer every request, and none of them was touched", async () => {
        ask("apache2", 0, 1);
        const before = await lifeOf(story, "blue");
        await up("story: back to nginx");
        await expectShare("apache2", 0, story, 2_000);
        expect(await lifeOf(story, "blue")).toEqual(before);
    });

    it("one new instance after another joins, until the new app answers every request", async () => {
        for (const replicas of [1, 2, 3, 4]) {
            ask("apache2", 25 * replicas, replicas);
            await up(`story: ${replicas} apache2`);
            await expectShare("apache2", 25 * replicas, story, 10_000);
            expect(await counts()).toEqual([4, replicas]);
        }
        expect(await outputsOf(story)).toMatchObject({ live: "green", stable: "green" });
    });

    it("the return to nginx is immediate, because its instances are still warm", async () => {
        ask("nginx", 25);
        await up("story: return to nginx");
        await expectShare("nginx", 100, story, 2_000);
        expect(await counts()).toEqual([4, 4]);
    });
});
