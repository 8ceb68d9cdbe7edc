import type { Stage, StageScript } from "./Stage";

/** Requests over all stages that make the result worth something. */
export const requestsWanted = 100_000;

/** @param made requests so far, before the last stage */
export function stages(made: () => number): StageScript[] {
    return [firstRelease, releaseV2, returnToV1, refuseV3, nothingToDo(made)];
}

const firstRelease: StageScript = {
    name: "first release",
    title: "first release: v1",
    why:
        "The front (HAProxy) and the color blue with two containers of v1. No request can be served before " +
        "that, so the load begins where the front answers.",
    play: async stage => {
        const before = await stage.stack.serving();
        if (before !== undefined) {
            const what = before === "v1" ? "`up` will find nothing to do" : "this brings it back to v1";
            stage.say(`An earlier demo is still here and serves ${before}: ${what}, under load.`);
            await stage.startLoad();
        }
        await stage.setImage("v1");
        const { failed, output } = await stage.up();
        stage.expect(!failed, `the release of v1 failed:\n${output}`);
        await stage.mark("after the release");
        if (before === undefined) {
            await stage.startLoad();
        }
        await expectLive(stage, "v1");
        stage.expectVersions(["v1"], before === undefined ? undefined : "after the release");
    },
};

const releaseV2: StageScript = {
    name: "release v2",
    title: "release of v2, under load",
    why:
        "The color without traffic gets v2 and is proved there: HAProxy's health check and a request through " +
        "the front. Then one value in HAProxy's map moves the link; the old color stays warm.",
    play: async stage => {
        const old = await liveColor(stage);
        const containers = await stage.stack.docker.color(stage.stack.name, old);
        await stage.startLoad();
        await stage.setImage("v2");
        const sentence = await stage.preview();
        if (!sentence.includes("gets relink-hello:v2")) {
            stage.say(
                "(A demo that was stopped had brought v2 to the other color already: this one goes on from there.)",
            );
        }
        const { failed, output } = await stage.up();
        stage.expect(!failed, `the release of v2 failed:\n${output}`);
        await stage.mark("after the release");
        await expectLive(stage, "v2");
        await expectUntouched(stage, old, containers);
        stage.expectVersions(["v1", "v2"]);
        stage.expectVersions(["v2"], "after the release");
    },
};

const returnToV1: StageScript = {
    name: "return to v1",
    title: "return to v1, under load",
    why: "The other color still holds v1, warm and proved: only the link moves, and no container is touched.",
    play: async stage => {
        const containers = await bothColors(stage);
        await stage.startLoad();
        await stage.setImage("v1");
        await stage.preview();
        const { failed, output } = await stage.up();
        stage.expect(!failed, `the return to v1 failed:\n${output}`);
        await stage.mark("after the return");
        await expectLive(stage, "v1");
        stage.expect((await bothColors(stage)) === containers, "a container was touched, although only the link moves");
        stage.expectVersions(["v1", "v2"]);
        stage.expectVersions(["v1"], "after the return");
    },
};

const refuseV3: StageScript = {
    name: "refuse v3",
    title: "v3, which is broken, under load",
    why: "Its /healthz answers 500. It must fail its proof on the color without traffic, and users keep v1.",
    play: async stage => {
        const live = await liveColor(stage);
        const containers = await stage.stack.docker.color(stage.stack.name, live);
        await stage.startLoad();
        await stage.setImage("v3");
        const { failed, errors } = await stage.up();
        stage.quote(errors);
        stage.expect(failed, "v3 was released, although it is broken");
        stage.expect(
            errors.some(error => error.includes("relink-hello:v3")),
            "the error does not say that v3 was refused",
        );
        await expectUntouched(stage, live, containers);
        stage.expectVersions(["v1"]);
        stage.say("As it should be: pulumi up failed, v3 is refused, and v1 was never touched.");
    },
};

const nothingToDo = (made: () => number): StageScript => ({
    name: "nothing to do",
    title: "up with nothing to do, under load",
    why:
        "Back to v1 in the config, which is what users have: no container and no link is touched. Pulumi's state " +
        "first learns what v3 left on the other color; the second `up` changes nothing at all.",
    play: async stage => {
        await stage.startLoad();
        await stage.setImage("v1");
        const containers = await bothColors(stage);
        const first = await stage.up();
        stage.expect(!first.failed, `an up with nothing to do failed:\n${first.output}`);
        const second = await stage.up();
        stage.expect(!second.failed, `an up with nothing to do failed:\n${second.output}`);
        stage.expect(/^\d+ unchanged$/.test(second.counts), `the second up was not without changes: ${second.counts}`);
        stage.expect((await bothColors(stage)) === containers, "a container was touched, although nothing was to do");
        await expectLive(stage, "v1");
        const missing = requestsWanted - made();
        if (missing > 0) {
            stage.say(`The load stays on until ${requestsWanted.toLocaleString("en-US")} requests are reached.`);
            await stage.loadUntil(missing);
        }
        stage.expectVersions(["v1"]);
    },
});

/** Which color users reach. */
async function liveColor(stage: Stage): Promise<string> {
    return (await stage.stack.outputs())?.live ?? "none";
}

/** What runs on both colors, container by container. */
async function bothColors(stage: Stage): Promise<string> {
    const { docker, name } = stage.stack;
    return (await Promise.all([docker.color(name, "blue"), docker.color(name, "green")])).join("\n");
}

async function expectLive(stage: Stage, version: string): Promise<void> {
    const outputs = await stage.stack.outputs();
    const image = outputs?.[outputs.live as "blue" | "green"]?.image;
    stage.expect(
        image === `relink-hello:${version}`,
        `the stack's outputs say that ${outputs?.live} is live with ${image}, not with ${version}`,
    );
}

async function expectUntouched(stage: Stage, color: string, before: string): Promise<void> {
    const { docker, name } = stage.stack;
    stage.expect((await docker.color(name, color)) === before, `a container of ${color} was touched`);
}
