import { describe, expect, it } from "vitest";
import { seen } from "../../../look/seen";
import { upOf } from "../../../providers/upOf";
import { ColorSlots } from "../../../up/ColorSlots";
import { vacate } from "../../../up/vacate";
import { policyOf, recorded } from "../plan/support";
import { containerOf, FakeSession, noProgress, serverAt, workerOf } from "../providers/FakeSession";
import { MemoryContainers } from "./MemoryContainers";

const a = recorded("A");
const slow = recorded("B", { settings: { ...a.settings, stopGracePeriodMs: 60_000 } });

describe("the containers of a color that are removed", () => {
    it("have their slots closed in every worker before they are stopped, each with the grace of its own release", async () => {
        const held = [containerOf("blue", 1, a.id), containerOf("blue", 2, slow.id)];
        const workers = [1, 2].map(pid => workerOf("green", { pid, blue: [serverAt(1), serverAt(2)] }));
        const fake = new FakeSession({
            record: { blue: { release: a.id, replicas: 2 }, releases: { [a.id]: a, [slow.id]: slow } },
            workers,
            containers: held,
        });
        const up = { ...upOf(fake.session, "web", noProgress), containers: new MemoryContainers(held, fake.steps) };
        const slots = new ColorSlots(up, { color: "blue", release: a, policy: policyOf() });
        const { containers } = seen(await fake.observe(), "web");
        await vacate(up, slots, { phase: "deploy: vacate", containers: containers.blue });
        expect(fake.steps).toEqual([
            "web-blue/1 of worker 1: maint",
            "web-blue/2 of worker 1: maint",
            "web-blue/1 of worker 2: maint",
            "web-blue/2 of worker 2: maint",
            "stop blue-1 within 10 s",
            "stop blue-2 within 60 s",
            "remove blue-1",
            "remove blue-2",
        ]);
    });

    it("are closed at once where users stay with them by a cookie, which HAProxy honors while a slot drains", async () => {
        const sticky = recorded("A", { settings: { ...a.settings, sticky: "cookie" } });
        for (const [release, state] of [
            [a, "drain"],
            [sticky, "maint"],
        ] as const) {
            const fake = new FakeSession({
                record: { blue: { release: release.id, replicas: 1 }, releases: { [release.id]: release } },
                workers: [workerOf("blue", { blue: [serverAt(1)] })],
                containers: [containerOf("blue", 1, release.id)],
            });
            const slots = new ColorSlots(upOf(fake.session, "web", noProgress), {
                color: "blue",
                release,
                policy: policyOf(),
            });
            await slots.tell([1], "drain");
            await slots.tell([1], "ready");
            expect(fake.steps).toEqual([`web-blue/1 of worker 1: ${state}`, "web-blue/1 of worker 1: ready"]);
        }
    });
});
