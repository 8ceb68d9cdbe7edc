import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { RollingStart } from "../../../release/RollingSchedule";
import { type Life, VirtualRoll } from "./VirtualRoll";

// The timelines of the Tutum script's README on our schedule: 10 containers, 1 s until a request is acknowledged, 10 s from
// the request until the new container is up. Here a request to leave takes its second too, which theirs does not count.

const docs = readFileSync(join(__dirname, "../../../docs/rolling.md"), "utf8");

type Settings = RollingStart["settings"];

function rollOfTen(settings: Partial<Settings>): VirtualRoll {
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

/** One line a container: `-` the old one serves, `=` it serves while the new one starts, `_` neither, `|` done. */
function picture(roll: VirtualRoll): string {
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

describe("the timelines of docs/rolling.md", () => {
    it.each<[string, Partial<Settings>, number]>([
        ["step: 1", { step: 1 }, 101],
        ["step: half", { step: "half" }, 25],
        ["step: service", { step: "service" }, 11],
        ["step: half, order: stopFirst", { step: "half", order: "stopFirst" }, 25],
    ])("are ours, and no slower than the Tutum script's: %s", (name, settings, theirSeconds) => {
        const roll = rollOfTen(settings);
        expect(roll.state).toBe("done");
        expect(roll.endedAtMs / 1000).toBeLessThanOrEqual(theirSeconds);
        const block = docs
            .split(`\`${name}\`:\n`)[1]
            ?.split("```")[1]
            ?.replace(/^text\n/, "")
            .trim();
        expect(block).toBe(picture(roll));
    });
});
