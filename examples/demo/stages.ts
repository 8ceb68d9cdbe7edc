import type { DemoService } from "./DemoStack";
import type { Stage, StageScript } from "./Stage";

/** How many requests all stages need together, so that the result means something. */
export const requestsWanted = 100_000;

/** @param made requests of all stages but the last one */
export function stages(made: () => number): StageScript[] {
    return [firstRelease, releaseV2, returnToV1, refuseV3, nothingToDo(made)];
}

const firstRelease: StageScript = {
    name: "first release",
    title: "first release of two services: v1",
    why:
        "The front (HAProxy), and of each service the color blue with v1: web with two containers, api, which has " +
        "a host of its own, with one. No request can be served before that, so the load begins where the front answers.",
    play: async stage => {
        const before = await stage.stack.serving();
        if (before !== undefined) {
            const what = before === "v1" ? "`up` will find nothing to do" : "this brings it back to v1";
            stage.say(`An earlier demo is still here and serves ${before}: ${what}, under load.`);
            await stage.startLoad();
        }
        await stage.setImage("v1");
        await stage.setImage("v1", "api");
        const { failed, output } = await stage.up();
        stage.expect(!failed, `the release of v1 failed:\n${output}`);
        await stage.mark("after the release");
        if (before === undefined) {
            await stage.startLoad();
        }
        for (const service of ["web", "api"] as const) {
            await expectLive(stage, service, "v1");
            stage.expectVersions(service, ["v1"], before === undefined ? undefined : "after the release");
        }
    },
};

const releaseV2: StageScript = {
    name: "release v2",
    title: "release of web v2, under load on both",
    why:
        "The color without traffic gets v2 and is proved there: HAProxy's health check and a request through " +
        "the front. Then one value in HAProxy's map moves the link; the old color stays warm. Nothing of api is touched.",
    play: async stage => {
        const before = await containersBefore(stage);
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
        await expectLive(stage, "web", "v2");
        await expectUntouched(stage, before);
        stage.expectVersions("web", ["v1", "v2"]);
        stage.expectVersions("web", ["v2"], "after the release");
        stage.expectVersions("api", ["v1"]);
    },
};

const returnToV1: StageScript = {
    name: "return to v1",
    title: "return of web to v1 and release of api v2, in one up",
    why:
        "web's other color still holds v1, warm and proved: only the link moves, and no container is touched. In the " +
        "same `up` api is released; each has its own link.",
    play: async stage => {
        const containers = await bothColors(stage, "web");
        await stage.startLoad();
        await stage.setImage("v1");
        await stage.setImage("v2", "api");
        await stage.preview();
        const { failed, output } = await stage.up();
        stage.expect(!failed, `the return to v1 failed:\n${output}`);
        await stage.mark("after the return");
        await expectLive(stage, "web", "v1");
        await expectLive(stage, "api", "v2");
        stage.expect(
            (await bothColors(stage, "web")) === containers,
            "a container of web was touched, although only its link moves",
        );
        for (const [service, version] of [
            ["web", "v1"],
            ["api", "v2"],
        ] as const) {
            stage.expectVersions(service, ["v1", "v2"]);
            stage.expectVersions(service, [version], "after the return");
        }
    },
};

const refuseV3: StageScript = {
    name: "refuse v3",
    title: "web v3, which is broken, and return of api to v1, in one up",
    why:
        "The /healthz of v3 answers 500. It must fail its proof on the color without traffic, and users keep v1. " +
        "The failure of one service stops no other: api goes back all the same.",
    play: async stage => {
        const before = await containersBefore(stage);
        await stage.startLoad();
        await stage.setImage("v3");
        await stage.setImage("v1", "api");
        const { failed, errors } = await stage.up();
        stage.quote(errors);
        await stage.mark("after the up");
        stage.expect(failed, "v3 was released, although it is broken");
        stage.expect(
            errors.some(error => error.includes("relink-hello:v3")),
            "the error does not say that v3 was refused",
        );
        await expectLive(stage, "api", "v1");
        await expectUntouched(stage, before);
        stage.expectVersions("web", ["v1"]);
        stage.expectVersions("api", ["v1"], "after the up");
        stage.say("As it should be: pulumi up failed for web, whose v1 was never touched, and api is back on v1.");
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
        const containers = await bothServices(stage);
        const first = await stage.up();
        stage.expect(!first.failed, `an up with nothing to do failed:\n${first.output}`);
        const second = await stage.up();
        stage.expect(!second.failed, `an up with nothing to do failed:\n${second.output}`);
        stage.expect(/^\d+ unchanged$/.test(second.counts), `the second up was not without changes: ${second.counts}`);
        stage.expect((await bothServices(stage)) === containers, "a container was touched, although nothing was to do");
        const missing = requestsWanted - made();
        if (missing > 0) {
            stage.say(`The load stays on until ${requestsWanted.toLocaleString("en-US")} requests are reached.`);
            await stage.loadUntil(missing);
        }
        for (const service of ["web", "api"] as const) {
            await expectLive(stage, service, "v1");
            stage.expectVersions(service, ["v1"]);
        }
    },
});

/** The containers that a stage leaves alone: those of web's live color, and all of api. */
interface Untouched {
    color: string;
    web: string;
    api: string;
}

async function containersBefore(stage: Stage): Promise<Untouched> {
    const color = await liveColor(stage, "web");
    return { color, web: await colorOf(stage, "web", color), api: await bothColors(stage, "api") };
}

async function expectUntouched(stage: Stage, { color, web, api }: Untouched): Promise<void> {
    stage.expect((await colorOf(stage, "web", color)) === web, `a container of web's ${color} was touched`);
    stage.expect((await bothColors(stage, "api")) === api, "a container of api was touched");
}

/** @returns the color that users reach */
async function liveColor(stage: Stage, service: DemoService): Promise<string> {
    return (await stage.stack.outputs(service))?.live ?? "none";
}

/** @returns the containers of a service's color, as text */
function colorOf({ stack }: Stage, service: DemoService, color: string): Promise<string> {
    return stack.docker.color(stack.name, service, color);
}

async function bothColors(stage: Stage, service: DemoService): Promise<string> {
    return (await Promise.all(["blue", "green"].map(color => colorOf(stage, service, color)))).join("\n");
}

async function bothServices(stage: Stage): Promise<string> {
    return (await Promise.all([bothColors(stage, "web"), bothColors(stage, "api")])).join("\n");
}

async function expectLive(stage: Stage, service: DemoService, version: string): Promise<void> {
    const outputs = await stage.stack.outputs(service);
    const image = outputs?.[outputs.live as "blue" | "green"]?.image;
    stage.expect(
        image === `relink-hello:${version}`,
        `the stack's outputs say that ${outputs?.live} of ${service} is live with ${image}, not with ${version}`,
    );
}
