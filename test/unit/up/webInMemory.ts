import type { Color } from "../../../model/Color";
import type { ContainerInfo } from "../../../model/Container";
import type { ServerStat } from "../../../model/FrontState";
import type { ServiceRecord } from "../../../model/Record";
import type { RecordedRelease } from "../../../model/Release";
import { upOf } from "../../../providers/upOf";
import type { Up } from "../../../up/Up";
import { FakeEngine } from "../docker/FakeEngine";
import { FakeSession, Listener, noProgress, serverAt, workerOf } from "../providers/FakeSession";
import { MemoryContainers } from "./MemoryContainers";

/**
 * The service `web` with blue live, in memory, which the test has to close. HAProxy's checks pass on every slot that is not
 * closed. One open request of a slot ends at each look after the slot gets no new ones.
 */
export interface WebInMemory {
    up: Up;
    fake: FakeSession;
    containers: MemoryContainers;
    /** All changes in order. A backend's file appears as the slots that it opens. */
    steps(): string[];
    close(): Promise<unknown>;
}

/**
 * @param held blue's containers. All get requests, and each has two open
 * @param answering answers requests through HAProxy's listeners
 */
export async function webInMemory(
    record: Partial<ServiceRecord>,
    held: ContainerInfo[],
    answering: { color: Color; release: RecordedRelease },
): Promise<WebInMemory> {
    const engine = await FakeEngine.start(() => [200, { SystemTime: "2026-01-01T00:00:00Z" }]);
    const listener = await Listener.start({ color: answering.color, release: answering.release.id });
    const slots = (color: Color): ServerStat[] =>
        [1, 2, 3, 4].map(slot => {
            const isOpen = held.some(container => container.id === `${color}-${slot}`);
            return serverAt(slot, isOpen ? { scur: 2 } : { admin: "maint", up: false });
        });
    const worker = workerOf("blue", { blue: slots("blue"), green: slots("green") });
    const servers = [...worker.backends].flatMap(([backend, { servers }]) =>
        [...servers.values()].map(server => ({ backend, server })),
    );
    const fake: FakeSession = new FakeSession({
        record,
        workers: [worker],
        onLook: () => {
            for (const { backend, server } of servers) {
                server.up = server.admin !== "maint";
                if (server.admin === "drain" && server.scur > 0 && --server.scur === 0) {
                    fake.steps.push(`the requests on ${backend}/${server.slot} end`);
                }
            }
        },
        containers: held,
        engine: engine.engine,
        listener,
    });
    const containers = new MemoryContainers(held, fake.steps);
    return {
        up: { ...upOf(fake.session, "web", noProgress), containers },
        fake,
        containers,
        steps: () => fake.steps.map(short),
        close: () => Promise.all([engine.close(), listener.close()]),
    };
}

function short(step: string): string {
    const [, file, text = ""] = /^file (conf.*?): (.*)$/.exec(step) ?? [];
    const open = text.split("; ").filter(line => line.startsWith("server ") && !line.endsWith("disabled"));
    const slots = open.map(server => server.split(" ")[1]);
    return file === undefined ? step : `${file}: ${slots.join(", ") || "all closed"}`;
}
