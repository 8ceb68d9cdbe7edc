import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { picture, rollOfTen, tutumTimelines } from "../../support/timelines";

const docs = readFileSync(join(__dirname, "../../../docs/rolling.md"), "utf8");

describe("the timelines of docs/rolling.md", () => {
    it.each(tutumTimelines)(
        "are those of relink's schedule, and no slower than the Tutum script's: $name",
        ({ name, settings, theirSeconds }) => {
            const roll = rollOfTen(settings);
            expect(roll.state).toBe("done");
            expect(roll.endedAtMs / 1000).toBeLessThanOrEqual(theirSeconds);
            const block = docs
                .split(`\`${name}\`:\n`)[1]
                ?.split("```")[1]
                ?.replace(/^text\n/, "")
                .trim();
            expect(block).toBe(picture(roll));
        },
    );
});
