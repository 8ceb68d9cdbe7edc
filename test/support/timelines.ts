import type { RollingStart } from "../../plan/RollingTurn";
import { type Life, VirtualRoll } from "./VirtualRoll";

// The timelines of the Tutum script's README on our schedule: 10 containers, 1 s until a request is acknowledged, 10 s
// from the request until the new container is up. Here a request to leave takes its second too, which theirs does not
// count.

type Settings = RollingStart["settings"];

/** The rolling release of ten containers by a virtual clock. */
export function rollOfTen(settings: Partial<Settings>): VirtualRoll {
    const start: RollingStart = {
        old: Array.from({ length: 10 }, (_, index) => ({ slot: index + 1, serving: true })),
        present: [],
        replicas: 10,
        slots: 20,
        settings: { step: 1, order: "startFirst", gracePeriodMs: 0, ...settings },
    };
    const startMs = settings.order === "stopFirst" ? 9_000 : 10_000;
    return new VirtualRoll(start, { up: () => startMs, gone: () => 1_000 }).run();
}

/**
 * One line for each container: `-` the old one serves, `=` it serves while the new one starts, `_` neither, `|` done.
 */
export function picture(roll: VirtualRoll): string {
    const by = (key: "orderedAtMs" | "leftAtMs") => (a: Life, b: Life) => (a[key] ?? 0) - (b[key] ?? 0);
    const old = roll.all.filter(({ isNew }) => !isNew).sort(by("leftAtMs"));
    const fresh = roll.all.filter(({ isNew }) => isNew).sort(by("orderedAtMs"));
    const lines = old.map((from, index) => {
        const to = fresh[index]!;
        const end = Math.max(from.goneAtMs!, to.upAtMs!) / 1000;
        const seconds = Array.from({ length: end }, (_, second) => {
            const serves = from.leftAtMs! > second * 1000;
            const starts = to.orderedAtMs! <= second * 1000 && to.upAtMs! > second * 1000;
            return serves ? (starts ? "=" : "-") : to.upAtMs! <= second * 1000 ? "=" : "_";
        });
        return `${seconds.join("")}|`;
    });
    return [...lines, `0 s to ${roll.endedAtMs / 1000} s`].join("\n");
}

/** What the Tutum script's README shows, with the seconds that the script needs. */
export const tutumTimelines: { name: string; settings: Partial<Settings>; theirSeconds: number }[] = [
    { name: "step: 1", settings: { step: 1 }, theirSeconds: 101 },
    { name: "step: half", settings: { step: "half" }, theirSeconds: 25 },
    { name: "step: service", settings: { step: "service" }, theirSeconds: 11 },
    { name: "step: half, order: stopFirst", settings: { step: "half", order: "stopFirst" }, theirSeconds: 25 },
];
