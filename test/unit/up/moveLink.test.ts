import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Worker } from "../../../model/FrontState";
import { LinkValue } from "../../../model/LinkValue";
import { upOf } from "../../../providers/upOf";
import { moveLink } from "../../../up/moveLink";
import { FakeEngine } from "../docker/FakeEngine";
import { recorded } from "../plan/support";
import { FakeSession, Listener, noProgress, workerOf } from "../providers/FakeSession";

const [a, b] = [recorded("A"), recorded("B", { linked: false })];
const [old, good] = [
    { color: "blue", release: a.id },
    { color: "green", release: b.id },
] as const;

let engine: FakeEngine;
let listener: Listener | undefined;
beforeEach(async () => {
    engine = await FakeEngine.start(() => [200, { SystemTime: "2026-01-01T00:00:00Z" }]);
});
afterEach(() => Promise.all([engine.close(), listener?.close()]));

/** Moves the link from blue with A to green with B. The public listener gives these answers. */
function move(...answers: Parameters<typeof Listener.start>) {
    return moveOf([workerOf("blue")], ...answers);
}

/** The same with HAProxy's workers. */
async function moveOf(workers: Worker[], ...answers: Parameters<typeof Listener.start>) {
    listener = await Listener.start(...answers);
    const fake = new FakeSession({
        record: {
            link: { live: "blue", release: a.id },
            blue: { release: a.id, replicas: 1 },
            green: { release: b.id, replicas: 1 },
            releases: { [a.id]: a, [b.id]: b },
        },
        workers,
        engine: engine.engine,
        listener,
    });
    const moved = moveLink(upOf(fake.session, "web", noProgress), LinkValue.to("green"), b, {});
    return {
        ...(await moved.then(
            () => ({}),
            error => ({ error }),
        )),
        steps: fake.steps,
    };
}

describe("a switch", () => {
    it("writes its intent, then the file, then the memory, asks, and only then records that it is done", async () => {
        expect((await move(good)).steps).toEqual([
            "recorded: link blue, open: switch",
            "file maps/link.map: web green:blue:0",
            "link of worker 1: web green:blue:0",
            "asked",
            "recorded: link green, open: nothing",
        ]);
    });

    it("is confirmed only by the new release on the new color", async () => {
        const { steps } = await move(old, { ...good, release: a.id }, { ...old, release: b.id }, good);
        expect(steps.filter(step => step === "asked")).toHaveLength(4);
        expect(steps.at(-1)).toBe("recorded: link green, open: nothing");
    });

    // A new worker does not know the confirming request, and its routes may lead nowhere, so that it answers 503 itself.
    it("is confirmed although HAProxy is reloaded again and again", async () => {
        const workers = [workerOf("blue")];
        const reload = () => workers.splice(0, 1, workerOf("green", { pid: (workers[0]?.pid ?? 0) + 1 }));
        const none = { status: 503, tell: reload };
        const { error, steps } = await moveOf(workers, none, none, none, none, good);
        expect(error).toBeUndefined();
        expect(steps.at(-1)).toBe("recorded: link green, open: nothing");
    });

    it("goes back if every worker knows the request and reports that no container is up", async () => {
        const { error } = await move({ status: 503 });
        expect(error?.message).toContain("was not healthy any more at the confirming request");
    });

    it("goes back, memory first, if the new release answers with errors", async () => {
        const { error, steps } = await move({ ...good, status: 500 });
        expect(error).toMatchObject({ judgedBad: true, message: expect.stringContaining("answered 500") });
        expect(steps.slice(-4)).toEqual([
            "link of worker 1: web blue:green:0",
            "file maps/link.map: web blue:green:0",
            "link of worker 1: web blue:green:0",
            "recorded: link blue, open: nothing",
        ]);
    });
});
