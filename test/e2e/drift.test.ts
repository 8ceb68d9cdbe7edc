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

// Somebody changes the live system by hand. Green serves v2, and blue is warm with v1. The config asks all the time for a
// release that was never proved. A repair must restore what was live, and must not touch the other color.

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
/**
 * Runs an `up` that must refuse to touch the service. All containers go on as before.
 *
 * @returns its message
 */
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

/** Expects that nothing has drifted, green serves v2, and a preview plans what the config asks for. */
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

/**
 * Drift that relink is told to undo.
 *
 * @returns what that `up` printed
 */
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
        "preview --refresh, refresh and up --refresh describe drift in words, and plan nothing from it",
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
        it("a live container that is stopped, paused, or has another restart policy is named, and restored", async () => {
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

        it("a repair removes nothing while a foreign container answers users by another health check", async () => {
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

        it("foreign containers under relink's labels answer users until relink's own are proved", async () => {
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
            // A container that comes back takes the first free slot: here 2 or 3 by now.
            await restoredByRelink("one container replaced", replaced("web-green-2"), isStrange("web-green-2"));
            const all = replaced("web-green-1", "web-green-3");
            await restoredByRelink("all containers replaced", all, isStrange("web-green-1"));
            await restoredByRelink("the last one replaced", replaced("web-green-4"), isStrange("web-green-4"));
            expect((await containersOf(stack, "green")).map(slotOf)).toEqual([1, 2]);
        });

        it("somebody else's container with a live container's name is named, and not touched", async () => {
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
                    // First do what the message says.
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

        it("a container added by hand with relink's labels is named, and one without is ignored", async () => {
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
        it("a slot that was taken out of traffic or pointed elsewhere is named, and restored", async () => {
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

        it("an edited link in the map file is restored, before a restart of HAProxy moves users", async () => {
            const edit = () => hand.editFile("maps/link.map", "s/^web .*/web blue:green:0/");
            const printed = await restoredByRelink("map file edited", edit, /HAProxy's map file links it to blue/);
            expect(printed).toContain("the link to green is written again");
            expect(await hand.readFile("maps/link.map")).toContain("web green:blue:0");
            // This time HAProxy loads the edit, so that memory and file are both wrong.
            await edit();
            await front.reload();
            const restore = async () => {};
            await restoredByRelink("map file edited and loaded", restore, /HAProxy links it to blue, but .* green/);
        });

        it("an edited file of the live color is named, and restored", async () => {
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

        it("the front's edited files and maps are restored by the next up, and named at the front", async () => {
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

        it("an anchor that lost its network serves no user until the next up connects it again", async () => {
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

    describe.runIf(isFull)("of the idle color is not reported, and a return undoes it:", () => {
        beforeAll(() => {
            stack.setConfig("services.web.env", undefined);
        });

        /** Does harm to the idle color, and then returns to it under load. */
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

        it("a removed container", () => goesBack("removed", () => hand.remove("web-blue-2")));

        it("a foreign image under relink's labels", () =>
            goesBack("replaced", () => hand.replace("web-green-1", "relink-hello:v1", "our labels")));

        it("a closed slot, and an edited file", async () => {
            await goesBack("slot closed", () => hand.setSlot("blue", 1, { state: "maint" }));
            await goesBack("file edited", () => hand.editFile("conf/20-web-green.cfg", "s/rise 2/rise 7/"));
            expect(await hand.readFile("conf/20-web-green.cfg")).toContain("rise 2");
        });
    });
});
