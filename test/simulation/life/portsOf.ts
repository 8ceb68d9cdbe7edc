import type { Up } from "../../../up/Up";
import { imagesOf } from "./imagesOf";
import { commandOf, SimulatedContainers } from "./SimulatedContainers";
import { SimulatedJournal } from "./SimulatedJournal";
import { SimulatedServiceFront } from "./SimulatedServiceFront";
import type { SimulatedUp } from "./SimulatedUp";
import { withFault } from "./withFault";

/** @returns what the procedures of an `up` see and change, in memory. */
export function portsOf(up: SimulatedUp): Up {
    const ports: Up = {
        service: up.world.service,
        containers: withFault(up, "containers", new SimulatedContainers(up)),
        images: withFault(up, "images", imagesOf(up)),
        front: withFault(up, "front", new SimulatedServiceFront(up)),
        journal: withFault(up, "journal", new SimulatedJournal(up)),
        hooks: { run: async () => ({ kind: "passed", text: "passed" }), command: async () => commandOf(up) },
        clock: withFault(up, "clock", {
            nowMs: () => up.clock.nowMs,
            // The record's times decide nothing here, and lives are compared with one another.
            hostNow: async () => new Date(0),
            sleep: (ms: number, wake?: Promise<unknown>) => up.scheduler.sleep(ms, wake),
        }),
        progress: { status() {}, info() {}, warn() {} },
        look: async () => up.world.seen(),
    };
    return withFault(up, "up", ports);
}
