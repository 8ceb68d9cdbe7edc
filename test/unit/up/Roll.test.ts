import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ContainerInfo } from "../../../model/Container";
import { slotOf } from "../../../model/Container";
import type { ColorPlace } from "../../../up/ColorPlace";
import { Roll, type RollSubject } from "../../../up/Roll";
import { FakeEngine } from "../docker/FakeEngine";
import { recorded } from "../plan/support";
import { containerOf, FakeSession, noProgress, serverAt, workerOf } from "../providers/FakeSession";

const [a, b] = [recorded("A"), recorded("B")];

let engine: FakeEngine;
beforeEach(async () => {
    engine = await FakeEngine.start(() => [204, ""]);
});
afterEach(() => engine.close());

/** Blue is live with A in slot 1: it becomes B. What its place is asked for is a step. */
async function rolled(): Promise<string[]> {
    const containers: ContainerInfo[] = [containerOf("blue", 1, a.id)];
    const fake = new FakeSession({
        record: {
            link: { live: "blue", release: a.id },
            blue: { release: a.id, replicas: 1, block: { first: "10.0.0.1", size: 4 } },
            releases: { [a.id]: a, [b.id]: b },
            intent: { kind: "roll", color: "blue", from: [a.id], to: b.id, replicas: 1, settings: {} as never },
        },
        workers: [workerOf("blue", { blue: [serverAt(1), serverAt(2, { admin: "maint", up: false })] })],
        containers,
        engine: engine.engine,
    });
    const { session, steps } = fake;
    const open = (slot: number, admin: "ready" | "drain") =>
        Object.assign((slotsOf(fake).get(slot) ?? {}) as object, { admin, up: admin === "ready" });
    const place = {
        session,
        service: "web",
        color: "blue",
        nameOf: (slot: number) => `web-blue-${slot}`,
        containers: () => containers,
        serving: () => containers.filter(({ state }) => state === "running"),
        write: async (slots: number[]) => void steps.push(`file: ${slots}`),
        setSlots: async (slots: number[], state: "ready" | "drain") => {
            steps.push(`${state}: ${slots}`);
            for (const slot of slots) {
                open(slot, state);
            }
        },
        drain: async (slots: number[]) => void steps.push(`drained: ${slots}`),
        create: async (slot: number) => {
            containers.push(containerOf("blue", slot, b.id));
            return "";
        },
        start: async () => {},
        prove: async (proved: ContainerInfo[]) => {
            steps.push(`proved: ${proved.map(slotOf)}`);
            for (const container of proved) {
                open(slotOf(container), "ready");
            }
        },
        remove: async (gone: ContainerInfo[]) => {
            steps.push(`removed: ${gone.map(slotOf)}`);
            containers.splice(0, containers.length, ...containers.filter(one => !gone.includes(one)));
        },
    } as unknown as ColorPlace;
    const settings = { step: 1, order: "startFirst", gracePeriodMs: 0, healthcheckTimeoutMs: 1_000 };
    const subject = { release: b, replicas: 1, settings, commandMs: 1_000, isUndo: false } as unknown as RollSubject;
    expect(await new Roll(place, subject, noProgress).run()).toBeUndefined();
    return steps;
}

function slotsOf(fake: FakeSession) {
    return fake.workers[0]!.backends.get("web-blue")!.servers;
}

describe("a rolling release", () => {
    it("proves the new container first; the old one leaves the file, then the memory, is drained, and only then goes", async () => {
        expect(await rolled()).toEqual([
            "file: 1",
            "ready: 1",
            "proved: 2",
            "file: 2",
            "ready: 2",
            "drain: 1",
            "drained: 1",
            "removed: 1",
        ]);
    });
});
