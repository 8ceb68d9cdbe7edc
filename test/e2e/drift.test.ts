import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { slotOf } from "../../model/Container";
import { ByHand } from "../support/ByHand";
import { expectSuccess } from "../support/command";
import { isFull } from "../support/isFull";
import { LiveFront } from "../support/LiveFront";
import {
    containersOf,
    lifeOf,
    oneAfterTheOther,
    outputsOf,
    underLoad,
    webStack,
    withoutWebSockets,
} from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";

// Somebody changes the live system by hand. Users reach green with v2, blue is warm with v1, and the config asks for a
// release that was never proved, all the time: what comes back is what was live, and the other color is not touched.

let stack: TestStack;
let front: LiveFront;
let hand: ByHand;

beforeAll(async () => {
    stack = await createStack({ config: webStack({ minHealthyTime: "500ms" }) });
    front = new LiveFront(stack);
    hand = new ByHand(stack, front);
    expectSuccess(await stack.up());
    stack.setConfig("services.web.image", "relink-hello:v2");
    expectSuccess(await stack.up());
    stack.setConfig("services.web.env", { WANTED: "never proved" });
});

afterAll(() => stack?.cleanup());

// A stranger in a live container's place is the sample app without relink's environment: it calls itself hello.
const answeredBy = { services: ["web", "hello"], versions: ["v1", "v2"] };
const load = { mix: withoutWebSockets, ratePerSecond: 150, answeredBy };
/** An `up` that refuses to touch the service, and what it printed. Whatever runs goes on as it was. */
async function refused(what: RegExp): Promise<string> {
    const before = [await lifeOf(stack, "blue"), await lifeOf(stack, "green")];
    const { code, stdout, stderr } = await stack.up();
    const printed = stdout + stderr;
    expect(code, printed).not.toBe(0);
    const message = /web: refused: drift: .*/.exec(printed)?.[0] ?? printed;
    expect(message).toMatch(what);
    expect(message).toContain("Nothing is changed.");
    expect([await lifeOf(stack, "blue"), await lifeOf(stack, "green")]).toEqual(before);
    return message;
}

/** Nothing has drifted, users reach v2 on green, and only then is what the config asks for planned again. */
async function expectRestored(): Promise<void> {
    stack.setConfig("services.web.driftPolicy", undefined);
    await hand.untilReady("green", 2);
    const { stderr } = expectSuccess(await stack.preview());
    expect(stderr).toContain("blue gets relink-hello:v2 with other settings (2 replicas), is proved");
    const service = await front.service("web");
    expect(service).toMatchObject({ live: "green", confirmed: "green", percent: 0, intent: undefined });
    const green = await containersOf(stack, "green");
    expect(green.map(({ state, restartPolicy, labels }) => [state, restartPolicy, labels["relink.release"]])).toEqual(
        Array(2).fill(["running", "always", service.green.release?.id]),
    );
    expect(service.green.release?.image).toBe("relink-hello:v2");
    expect(service.green.release?.settings.env).toEqual({});
}

/** Drift that the printed command undoes. */
async function undoneByHand(scenario: string, harm: () => Promise<void>, what: RegExp): Promise<void> {
    const blue = await lifeOf(stack, "blue");
    await harm();
    await underLoad(
        `drift: ${scenario}`,
        stack,
        async () => {
            await hand.followByHand(await refused(what));
            await expectRestored();
        },
        load,
    );
    expect(await lifeOf(stack, "blue")).toEqual(blue);
}

/** Drift that only relink can undo, or that it is told to undo. Returns what that `up` printed. */
async function restoredByRelink(scenario: string, harm: () => Promise<void>, what: RegExp): Promise<string> {
    const blue = await lifeOf(stack, "blue");
    let printed = "";
    await harm();
    await underLoad(
        `drift: ${scenario}`,
        stack,
        async () => {
            printed = await hand.followRelink(await refused(what));
            expect(printed).toContain("What the config asks for waits for the next up.");
            await expectRestored();
        },
        load,
    );
    expect(await lifeOf(stack, "blue")).toEqual(blue);
    return printed;
}

describe("drift", () => {
    oneAfterTheOther();

    it("fault 15: a link moved by hand in HAProxy's memory is shown, refused, and moved back", async () => {
        const move = () => front.linkByHand("web", "blue");
        await undoneByHand(
            "link moved in memory",
            move,
            /HAProxy links it to blue, but the last confirmed link is green/,
        );
        const printed = await restoredByRelink("link moved in memory, repair", move, /HAProxy links it to blue/);
        expect(printed).toContain("the link moves back blue => green");
    });

    it.runIf(isFull)(
        "fault 16: a live container removed by hand comes back with the live release, never with the unproved one",
        async () => {
            const remove = async () => {
                await hand.remove("web-green-1");
                await hand.untilReady("green", 1);
            };
            const printed = await restoredByRelink("live container removed", remove, /web-green-1 was removed/);
            expect(printed).toContain("green is brought back to 2 replicas of relink-hello:v2");
        },
    );

    it.runIf(isFull)(
        "preview --refresh, refresh and up --refresh say it in words, and plan nothing from it",
        async () => {
            await hand.stop("web-green-2");
            await front.linkByHand("web", "blue");
            const preview = expectSuccess(await stack.preview(["--diff", "--refresh"]));
            expect(preview.stdout).toMatch(
                /observed\s*: "HAProxy links it to blue, but the last confirmed link is green"/,
            );
            expect(preview.stdout).toMatch(/observed: "\S+-web-green-2 is stopped/);
            const refresh = expectSuccess(await stack.pulumi(["refresh", "--yes", "--skip-preview"]));
            expect(refresh.stdout + refresh.stderr).toMatch(/warning: not as relink left it: HAProxy links it to blue/);
            expect(refresh.stdout + refresh.stderr).toMatch(/not as relink left it: \S+-web-green-2 is stopped/);
            await front.reload();
            await front.start("web-green-2", "web", "green");
            stack.setConfig("services.web.env", undefined);
            const { stdout } = expectSuccess(await stack.up(["--refresh"]));
            expect(stdout).toContain("nothing to do: green serves relink-hello:v2");
            expect(stdout).toMatch(/Resources:\n\s+\d+ unchanged/);
            stack.setConfig("services.web.env", { WANTED: "never proved" });
            await expectRestored();
        },
    );

    describe.runIf(isFull)("of containers", () => {
        it("a live container stopped, paused, or with another restart policy", async () => {
            const noticed = (harm: () => Promise<void>) => async () => {
                await harm();
                await hand.untilReady("green", 1);
            };
            await undoneByHand(
                "stopped",
                noticed(() => hand.stop("web-green-1")),
                /web-green-1 is stopped \(exited with code 0\)/,
            );
            await undoneByHand(
                "paused",
                noticed(() => hand.pause("web-green-2")),
                /web-green-2 is paused/,
            );
            const policy = () => hand.setRestartPolicy("web-green-1", "no");
            await undoneByHand("restart policy", policy, /web-green-1 has the restart policy no, not always/);
            await restoredByRelink(
                "stopped, repair",
                noticed(() => hand.stop("web-green-1")),
                /web-green-1 is stopped/,
            );
            await restoredByRelink(
                "paused, repair",
                noticed(() => hand.pause("web-green-2")),
                /web-green-2 is paused/,
            );
            await restoredByRelink("restart policy, repair", policy, /restart policy no/);
        });

        it("where ours need another health check than what answers users, nothing is taken away", async () => {
            await hand.replace("web-green-1", "relink-hello:v1", "our labels");
            await hand.untilUp("green", 2);
            await hand.editFile("conf/20-web-green.cfg", "s# uri /healthz # uri / #");
            const before = await lifeOf(stack, "green");
            await underLoad(
                "drift: another health check",
                stack,
                async () => {
                    const message = await refused(/web-green-1 is not relink's/);
                    await expect(hand.followRelink(message)).rejects.toThrow(
                        /web-green-1, which the record does not know, .* has another port or health check/,
                    );
                    expect(await lifeOf(stack, "green")).toEqual(before);
                    await hand.editFile("conf/20-web-green.cfg", "s# uri / # uri /healthz #");
                    await hand.followRelink(message);
                    await expectRestored();
                },
                load,
            );
        });

        it("live containers replaced by a foreign image under our labels answer users until ours are proved", async () => {
            const replaced =
                (...names: string[]) =>
                async () => {
                    for (const name of names) {
                        await hand.replace(name, "relink-hello:v1", "our labels");
                    }
                    await hand.untilUp("green", 2);
                };
            const isStrange = (name: string) =>
                new RegExp(`${name} is not relink's: it runs another image than relink-hello:v2 \\(relink-hello:v1\\)`);
            // What comes back takes the first slots that nobody is in: here those are 2 and 3 by now.
            await restoredByRelink("one container replaced", replaced("web-green-2"), isStrange("web-green-2"));
            const all = replaced("web-green-1", "web-green-3");
            await restoredByRelink("all containers replaced", all, isStrange("web-green-1"));
            await restoredByRelink("the last one replaced", replaced("web-green-4"), isStrange("web-green-4"));
            expect((await containersOf(stack, "green")).map(slotOf)).toEqual([1, 2]);
        });

        it("a live container replaced by somebody else's of the same name: it is not touched, and named", async () => {
            await hand.replace("web-green-1", "relink-hello:broken-exit", "no labels");
            await hand.untilReady("green", 1);
            await underLoad(
                "drift: name taken",
                stack,
                async () => {
                    const message = await refused(
                        /web-green-1 was removed, and somebody else's container has its name/,
                    );
                    await expect(hand.followRelink(message)).rejects.toThrow(
                        /web-green-1 did not start.*docker rm -f/s,
                    );
                    expect(
                        (await front.engine.docker.getContainer(hand.name("web-green-1")).inspect()).Config.Image,
                    ).toBe("relink-hello:broken-exit");
                    // What the message says comes first.
                    await hand.remove("web-green-1");
                    stack.setConfig("services.web.replicas", 2);
                    stack.setConfig("services.web.env", undefined);
                    expectSuccess(await stack.up());
                    stack.setConfig("services.web.env", { WANTED: "never proved" });
                    await expectRestored();
                },
                load,
            );
        });

        it("containers added by hand: one with our labels is named, one without is ignored", async () => {
            await hand.add("web-green-9", "relink-hello:v1", {});
            await undoneByHand(
                "container added under our labels",
                () => hand.addWithLabelsOf("web-green-1", "mine", "relink-hello:v1"),
                /\S+-mine was added: it runs another image than relink-hello:v2/,
            );
            await restoredByRelink(
                "container added under our labels, repair",
                () => hand.addWithLabelsOf("web-green-1", "mine", "relink-hello:v1"),
                /\S+-mine was added/,
            );
            expect((await front.engine.docker.getContainer(hand.name("web-green-9")).inspect()).State.Running).toBe(
                true,
            );
            await hand.remove("web-green-9");
        });
    });

    describe.runIf(isFull)("of HAProxy", () => {
        it("a slot taken out of traffic, or pointed elsewhere", async () => {
            for (const state of ["maint", "drain"] as const) {
                const close = () => hand.setSlot("green", 1, { state });
                await undoneByHand(
                    `slot in ${state}`,
                    close,
                    new RegExp(`web-green-1 gets no requests: HAProxy has its slot in ${state}`),
                );
                await restoredByRelink(`slot in ${state}, repair`, close, /web-green-1 gets no requests/);
            }
            const { address = "" } = (await containersOf(stack, "blue"))[0] ?? {};
            const point = async () => {
                await hand.setSlot("green", 2, { address, port: 8080 });
                await hand.untilReady("green", 1);
            };
            await undoneByHand(
                "slot pointed elsewhere",
                point,
                /web-green-2 gets no requests: HAProxy looks for it at/,
            );
        });

        it("the link in the map file: a restart of HAProxy would have moved users", async () => {
            const edit = () => hand.editFile("maps/link.map", "s/^web .*/web blue:green:0/");
            const printed = await restoredByRelink("map file edited", edit, /HAProxy's map file links it to blue/);
            expect(printed).toContain("the link to green is written again");
            expect(await hand.readFile("maps/link.map")).toContain("web green:blue:0");
            // Before that, HAProxy took the edit at its next reload: then memory and file are both wrong.
            await edit();
            await front.reload();
            const restore = async () => {};
            await restoredByRelink("map file edited and loaded", restore, /HAProxy links it to blue, but .* green/);
        });

        it("the file of the live color", async () => {
            const edit = () => hand.editFile("conf/20-web-green.cfg", "s/rise 2/rise 7/");
            await restoredByRelink("backend file edited", edit, /HAProxy's file of web-green was edited/);
            expect(await hand.readFile("conf/20-web-green.cfg")).toContain("rise 2");
            await hand.editFile("conf/20-web-green.cfg", "s/rise 2/rise 7/");
            await front.reload();
            await restoredByRelink(
                "backend file edited and loaded",
                async () => {},
                /HAProxy's file of web-green was edited/,
            );
        });

        it("the front's own files and maps: put right by the next up, without a word of the service", async () => {
            const files = ["conf/00-global.cfg", "conf/10-frontends.cfg", "maps/routes.map", "maps/releases.map"];
            const before = await Promise.all(files.map(file => hand.readFile(file)));
            await hand.editFile("conf/00-global.cfg", "s/^global/global\\n    # by hand/");
            await hand.editFile("conf/10-frontends.cfg", "s/503/500/");
            await hand.editFile("maps/routes.map", "s/ web$/ nobody/");
            await hand.editFile("maps/releases.map", "s/^web-green .*/web-green wrong/");
            stack.setConfig("services.web.env", undefined);
            await underLoad("drift: front's files", stack, async () => {
                const refresh = expectSuccess(await stack.preview(["--diff", "--refresh"]));
                expect(refresh.stdout).toMatch(/observed\s*: "HAProxy's file \S+ was edited; HAProxy's file/);
                const { stdout } = expectSuccess(await stack.up());
                for (const file of files) {
                    expect(stdout).toContain(`front: HAProxy's file ${file} was edited. pulumi up repairs this.`);
                }
                expect(await Promise.all(files.map(file => hand.readFile(file)))).toEqual(before);
                expect(expectSuccess(await stack.up()).stdout).toMatch(/Resources:\n\s+\d+ unchanged/);
            });
            stack.setConfig("services.web.env", { WANTED: "never proved" });
        });

        it("an anchor that lost its network: nobody is served until the next up puts it back", async () => {
            await hand.detachAnchor();
            await expect(fetch(stack.url)).rejects.toThrow();
            stack.setConfig("services.web.env", undefined);
            const { stdout } = expectSuccess(await stack.up());
            expect(stdout).toContain("was taken off its network, so that nobody is served");
            expect((await fetch(stack.url)).status).toBe(200);
            stack.setConfig("services.web.env", { WANTED: "never proved" });
            await expectRestored();
        });
    });

    describe.runIf(isFull)("of the idle color is not drift, and the return puts it right", () => {
        beforeAll(() => {
            stack.setConfig("services.web.env", undefined);
        });

        /** Goes back to the idle color, whatever was done to it, and from there again. */
        async function goesBack(scenario: string, harm: () => Promise<void>): Promise<void> {
            const { live } = (await outputsOf(stack)) as { live: "blue" | "green" };
            const idle = live === "blue" ? "green" : "blue";
            const image = idle === "blue" ? "relink-hello:v1" : "relink-hello:v2";
            await harm();
            expect(expectSuccess(await stack.preview()).stderr).toContain(`nothing to do: ${live} serves`);
            stack.setConfig("services.web.image", image);
            await underLoad(
                `drift of the idle color: ${scenario}`,
                stack,
                async () => {
                    const { stdout } = expectSuccess(await stack.up());
                    expect(stdout).toContain(`${idle} still holds ${image}: it is brought to 2 replicas and proved`);
                },
                load,
            );
            expect(
                (await containersOf(stack, idle)).map(({ imageReference, state }) => [imageReference, state]),
            ).toEqual(Array(2).fill([expect.stringMatching(/^sha256:/), "running"]));
        }

        it("removed", () => goesBack("removed", () => hand.remove("web-blue-2")));

        it("replaced by a foreign image under our labels", () =>
            goesBack("replaced", () => hand.replace("web-green-1", "relink-hello:v1", "our labels")));

        it("its slot closed, its file edited, its entry in HAProxy's memory wrong", async () => {
            await goesBack("slot closed", () => hand.setSlot("blue", 1, { state: "maint" }));
            await goesBack("file edited", () => hand.editFile("conf/20-web-green.cfg", "s/rise 2/rise 7/"));
            expect(await hand.readFile("conf/20-web-green.cfg")).toContain("rise 2");
        });
    });
});
