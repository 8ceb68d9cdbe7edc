import type { Color } from "../../../model/Color";
import type { RecordedRelease } from "../../../model/Release";
import { deleteColor } from "../../../up/deleteColor";
import type { Journal } from "../../../up/Journal";
import type { Phase } from "../../../up/phases";
import type { Up } from "../../../up/Up";
import { unlink } from "../../../up/unlink";
import { deployOn, lastDrain, linkTo, stopFirst } from "./actions";
import type { Stage } from "./Stage";

/** The releases of the story. */
export interface Releases {
    a: RecordedRelease;
    b: RecordedRelease;
    c: RecordedRelease;
    /** Docker cannot start its containers. */
    broken: RecordedRelease;
}

/** One part of the story. It begins where the part before has ended. */
export interface Part {
    what: string;
    play: (stage: Stage, releases: Releases) => Promise<void>;
    /** How it ends. @default "done" */
    end?: string;
}

/** The number of creations that each resource of the story has had. */
const incarnation = 1;

/** Asks for all that a procedure may read, while nothing moves. */
async function readAll(up: Up, { a }: Releases): Promise<void> {
    const { settings } = a;
    const { containers } = await up.look();
    const questions = await up.front.questions();
    await Promise.allSettled([
        up.journal.recorded(),
        up.front.counters(),
        up.front.routes.lead({ "*/": "web" }),
        ...(["blue", "green"] as const).flatMap(color => [
            up.front.open(color),
            up.front.open(color, [1, 2]),
            up.front.backend(color).admission([1, 2]).look(),
            ...containers[color].flatMap(({ id, state, address = "" }) => [
                up.containers.inspect(id),
                // Until nobody answers at an address, it takes seconds.
                ...(state === "running" ? [up.front.askContainer(address, settings)] : []),
            ]),
        ]),
    ]);
    // These are open requests themselves.
    await Promise.allSettled([
        questions.ask("http", settings, "blue"),
        questions.ask("http", settings, "green"),
        questions.ask("http", settings),
        questions.ask("preview", settings),
    ]);
    await questions.renew();
    await questions.end();
}

const deploys = (color: Color, which: keyof Releases): Part["play"] => {
    return (stage, releases) => stage.play(up => deployOn(stage, up, color, releases[which]));
};

const links = (color: Color, which: keyof Releases, change?: Parameters<typeof linkTo>[3]): Part["play"] => {
    return (stage, releases) => stage.play(up => linkTo(up, color, releases[which], change));
};

/** Deploys, by default on green. When it first enters a phase, something happens that is not of the `up`. */
const deploysWhile = (
    phase: Phase,
    happens: (stage: Stage) => Promise<void>,
    [color, which]: [Color, keyof Releases] = ["green", "b"],
): Part["play"] => {
    return (stage, releases) =>
        stage.play(({ journal, ...up }) => {
            let hasHappened = false;
            const enter = async (entered: Phase) => {
                await journal.enter(entered);
                // A procedure may enter its phase again, to compare the lease.
                if (entered === phase && !hasHappened) {
                    hasHappened = true;
                    await happens(stage);
                }
            };
            const disturbed = Object.assign(Object.create(journal) as Journal, { enter });
            return deployOn(stage, { ...up, journal: disturbed }, color, releases[which]);
        });
};

const bootstrap: Part[] = [
    { what: "nothing is there", play: async () => {} },
    {
        what: "another up holds the lease",
        async play(stage, releases) {
            const giveBack = await stage.holdLease();
            await deploys("blue", "a")(stage, releases).finally(giveBack);
        },
        end: "throws LeaseHeld",
    },
    { what: "the first release is deployed on blue", play: deploys("blue", "a") },
    { what: "the first link goes to blue", play: links("blue", "a") },
];

const releasing: Part[] = [
    { what: "the next release is deployed on green and proved", play: deploys("green", "b") },
    { what: "the link moves to green, which is judged", play: links("green", "b", { bakeTimeMs: 500 }) },
    { what: "the link goes back to blue", play: links("blue", "a") },
    {
        what: "a canary gets a share",
        play: links("blue", "b", {
            walk: { color: "green", steps: [{ weight: 25, pauseMs: 0, analysis: false }], sticky: "none" },
        }),
    },
    { what: "the share is taken back", play: links("blue", "a") },
    {
        what: "a release rolls through the live color",
        play: (stage, { c }) => stage.play(up => deployOn(stage, up, "blue", c, { roll: stopFirst })),
    },
];

const failing: Part[] = [
    { what: "HAProxy restarts", play: stage => stage.restartHaproxy() },
    {
        what: "a release cannot be started",
        play: (stage, { broken }) => stage.play(up => deployOn(stage, up, "green", broken), broken),
        end: "throws Error",
    },
    {
        what: "a container dies while its release is proved on green",
        play: deploysWhile("deploy: prove", stage => stage.kill("green", 1)),
        end: "throws Error",
    },
    { what: "a live container is killed", play: stage => stage.kill("blue", 1) },
    { what: "a user's request goes to the other one and stays open", play: stage => stage.openRequest() },
    {
        what: "what is missing on the live color is restored",
        play: (stage, { c }) => stage.play(up => deployOn(stage, up, "blue", c, { restore: true })),
    },
];

const leaving: Part[] = [
    { what: "green gets a release again", play: deploys("green", "b") },
    {
        what: "the link moves to green, the request is cut, and blue is stopped",
        play: links("green", "b", { previousColor: "stop", drainTimeoutMs: 1_500 }),
    },
    { what: "the user is gone", play: stage => stage.endRequests() },
    {
        what: "HAProxy reloads while what starts again on blue is proved",
        play: deploysWhile("deploy: prove", stage => stage.reloadHaproxy(), ["blue", "c"]),
    },
    { what: "the link moves to blue, and green is removed", play: links("blue", "c", { previousColor: "remove" }) },
    { what: "the link goes", play: stage => stage.play(up => unlink(up, incarnation, lastDrain)) },
    { what: "green is deleted", play: stage => stage.play(up => deleteColor(up, "green", incarnation)) },
    { what: "blue is deleted", play: stage => stage.play(up => deleteColor(up, "blue", incarnation)) },
];

export const story = [...bootstrap, ...releasing, ...failing, ...leaving];

/** What one part of the story has come to on one stage. */
export interface PlayedPart {
    /** How the part ended. */
    end: string;
    /** What each port call of its procedures reported. */
    calls: unknown;
    /** What the port calls report afterwards. */
    afterwards: unknown;
    /** The service as the next plan sees it. */
    observed: unknown;
}

/** Plays one part on one stage. */
export async function playPart(stage: Stage, part: Part, releases: Releases): Promise<PlayedPart> {
    const end = await part.play(stage, releases).then(
        () => "done",
        error => stage.view.ofError(error),
    );
    const calls = stage.log.take();
    await stage.play(async up => {
        await up.journal.take();
        await readAll(up, releases);
    });
    return { end, calls, afterwards: stage.log.take(), observed: stage.view.of(await stage.observe()) };
}
