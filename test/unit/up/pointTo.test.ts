import { describe, expect, it } from "vitest";
import { LinkValue } from "../../../model/LinkValue";
import { upOf } from "../../../providers/upOf";
import { pointBack, pointTo } from "../../../up/pointTo";
import { recorded } from "../plan/support";
import { containerOf, FakeSession, noProgress, serverAt, workerOf } from "../providers/FakeSession";

const b = recorded("B");
const green = LinkValue.to("green");
const record = { green: { release: b.id, replicas: 1 }, releases: { [b.id]: b } };
const containers = [containerOf("green", 2, b.id)];

/** @returns which workers get the link to green, with one container in slot 2, if the old worker has these slots */
async function followers(...slots: ReturnType<typeof serverAt>[]): Promise<string[]> {
    const workers = [workerOf("blue"), workerOf("blue", { pid: 2, old: true, green: slots })];
    const fake = new FakeSession({ record, containers, workers });
    await pointTo(upOf(fake.session, "web", noProgress), green);
    return fake.steps.filter(step => step.startsWith("link of"));
}

const both = ["link of worker 1: web green:blue:0", "link of worker 2: web green:blue:0"];

describe("a link", () => {
    it("is written to the file first, so that HAProxy has it after a restart", async () => {
        const fake = new FakeSession({ record, workers: [workerOf("blue")] });
        await pointTo(upOf(fake.session, "web", noProgress), green);
        expect(fake.steps).toEqual(["file maps/link.map: web green:blue:0", both[0]]);
    });

    it("goes to a soft-stopped worker only if its own slots lead to the containers", async () => {
        expect(await followers(serverAt(2))).toEqual(both);
        expect(await followers(serverAt(2, { address: "10.0.0.9" }))).toEqual(both.slice(0, 1));
        expect(await followers(serverAt(2, { up: false }))).toEqual(both.slice(0, 1));
        expect(await followers()).toEqual(both.slice(0, 1));
    });

    it("that does not move back is not changed in the file either", async () => {
        const fake = new FakeSession({ record, workers: [workerOf("blue")] });
        expect(await pointBack(upOf(fake.session, "web", noProgress), green, () => false)).toBe(false);
        expect(fake.steps).toEqual([]);
    });
});
