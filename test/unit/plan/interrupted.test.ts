import { describe, expect, it } from "vitest";
import type { RollIntent } from "../../../model/Intent";
import type { ObservedService, ObservedSlot } from "../../../model/ObservedService";
import { plan } from "../../../plan/table";
import { configWith, settingsOf } from "../settings/support";
import { actsOf, blueWithA, recorded, releaseOf, running, wish } from "./support";

// Defects after an `up` that died, which the simulation (test/simulation) has found, as plain examples.

const releaseA = recorded("A");
const releaseB = recorded("B", { proved: false, linked: false, promotion: 2 });

function slot(number: number, release: { id: string }, change: Partial<ObservedSlot> = {}): ObservedSlot {
    return { slot: number, release: release.id, runs: true, unhealthy: false, ready: true, proved: true, ...change };
}

const { strategy } = settingsOf(configWith({ replicas: 2, strategy: "rolling" })).services[0]!.policy;

/** Blue live with one A, in the middle of becoming B. */
function rolling(change: Partial<ObservedService> = {}): ObservedService {
    if (strategy.kind !== "rolling") {
        throw new Error("it does not roll");
    }
    const { kind: _kind, ...settings } = strategy;
    const intent: RollIntent = {
        kind: "roll",
        color: "blue",
        from: [releaseA.id],
        to: releaseB.id,
        replicas: 1,
        settings,
    };
    const slots = [slot(1, releaseA), slot(2, releaseB)];
    const blue = running(releaseA, 1, {
        slots,
        running: 2,
        ready: 2,
        next: releaseB,
        block: { first: "10.88.0.32", size: 16 },
    });
    return blueWithA({ blue, intent, promotions: 2, ...change });
}

describe("an interrupted rolling release", () => {
    it("is settled even if the wanted release cannot be rolled", () => {
        const wished = { ...wish("C", { policy: { strategy } }), release: releaseOf("C", { port: 9090 }) };
        const made = plan(rolling(), wished);
        expect(made.row).toBe("recovery");
        expect(made.blue).toMatchObject({ act: true, release: { id: releaseB.id } });
        expect(made.refusal).toContain("strategy: rolling cannot change port");
    });

    it("is finished with its own number of containers, and more containers wait for the next up", () => {
        const complete = rolling();
        complete.blue.slots = [slot(2, releaseB)];
        Object.assign(complete.blue, { running: 1, ready: 1 });
        const made = plan(complete, wish("B", { replicas: 2 }));
        expect({ row: made.row, acts: actsOf(made) }).toEqual({ row: "recovery", acts: ["blue: shop/web:B x1"] });
        expect(made.sentence).toContain("What the config asks for waits for the next up.");
    });

    it("goes back to the recorded release if somebody moves the link meanwhile", () => {
        const made = plan(
            rolling({ live: "green", confirmed: "blue" }),
            wish("B", { policy: { driftPolicy: "repair" } }),
        );
        expect(made).toMatchObject({
            row: "repair",
            link: { live: "blue", expect: releaseA.id },
            blue: { release: { id: releaseA.id } },
        });
    });

    it("goes on once the service is linked again whose removal was interrupted too", () => {
        const removed = rolling({ live: "none", confirmed: "blue", routes: [] });
        removed.intent = { ...(removed.intent as RollIntent), removes: true };
        const made = plan(removed, wish("B", { policy: { strategy } }));
        expect(made).toMatchObject({
            row: "recovery",
            recovery: { kind: "relink", live: "blue" },
            link: { live: "blue" },
        });
        expect(made.sentence).toContain("first links it to blue again");
        removed.live = "green";
        expect(plan(removed, wish("B", { policy: { strategy } })).row).toBe("drift");
    });

    it("gets one release on its color before a repair moves the link back there", () => {
        const mixed = rolling({ live: "green", confirmed: "blue" });
        mixed.blue.slots = [slot(2, releaseB)];
        Object.assign(mixed.blue, { running: 1, ready: 1 });
        const made = plan(mixed, wish("B", { policy: { driftPolicy: "repair" } }));
        expect(made).toMatchObject({ row: "repair", blue: { act: true, release: { id: releaseA.id } } });
    });

    it("is not repaired beside a stranger's container, because that would remove containers that serve", () => {
        const drifted = rolling();
        drifted.blue.deviations = [{ what: "foreign was added", fix: "docker rm -f foreign" }];
        const made = plan(drifted, wish("B", { policy: { driftPolicy: "repair" } }));
        expect({ row: made.row, acts: actsOf(made) }).toEqual({ row: "drift", acts: ["link: blue for *"] });
        expect(made.refusal).toContain("To go on: docker rm -f foreign");
        drifted.blue.deviations = [{ what: "foreign was added" }];
        const stuck = plan(drifted, wish("B", { policy: { driftPolicy: "repair" } }));
        expect(stuck.refusal).toContain("To go on: take web out of the stack config, run pulumi up, put it back");
    });
});

describe("an interrupted scaling", () => {
    it("is finished even if it had already stopped the surplus container", () => {
        const slots = [slot(1, releaseA), slot(2, releaseA, { runs: false, ready: false })];
        const made = plan(blueWithA({ blue: running(releaseA, 1, { slots }) }), wish("A"));
        expect({ row: made.row, acts: actsOf(made) }).toEqual({ row: "scale", acts: ["blue: shop/web:A x1"] });
        expect(made.sentence).toContain("since an interrupted up left 2");
    });

    describe("is finished beside a release that has no users yet", () => {
        const twoOfOne = (green = running(waiting)) => {
            return blueWithA({
                blue: running(releaseA, 1, { slots: [slot(1, releaseA), slot(2, releaseA)], running: 2 }),
                green,
                promotions: 2,
            });
        };
        const waiting = recorded("B", { linked: false, promotion: 2 });
        const steps = [{ weight: 0, pauseMs: 0, analysis: true }];
        const policies = {
            "a canary at 0 %": { strategy: { kind: "canary", steps, promotes: false, sticky: "none" } as const },
            "a release that waits for promotion": { autoPromotion: false },
        };

        it.each(Object.entries(policies))("%s", (_, policy) => {
            const made = plan(twoOfOne(), wish("B", { policy }));
            expect({ row: made.row, acts: actsOf(made) }).toEqual({ row: "scale", acts: ["blue: shop/web:A x1"] });
            expect(made.sentence).toMatch(
                /^blue is brought to 1 replica, since an interrupted up left 2; green holds shop.web:B/,
            );
            // The promotion's number belongs to B, and A is deployed.
            expect(made.promotion).toBeUndefined();
        });

        it.each(Object.entries(policies))("%s, but not in the up that brings it", (_, policy) => {
            const made = plan(twoOfOne({ ...running(waiting), release: undefined }), wish("B", { policy }));
            expect({ row: made.row, acts: actsOf(made) }).toEqual({ row: "release", acts: ["green: shop/web:B x1"] });
        });
    });
});

describe("an interrupted pin", () => {
    it("goes on, because the release that it starts again was proved before", () => {
        const waking = recorded("B", { proved: false, provedAt: "2026-11-25T12:00:00Z" });
        const made = plan(blueWithA({ green: running(waking, 1, { ready: 0 }) }), wish("A", { live: "green" }));
        expect({ row: made.row, refusal: made.refusal, acts: actsOf(made) }).toEqual({
            row: "pinned",
            refusal: undefined,
            acts: ["green: shop/web:B x1", "link: green for *"],
        });
    });
});
