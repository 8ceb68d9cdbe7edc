import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { documentedSeconds, expectBounded } from "../../support/gap";

describe("A gap in which requests are lost is bounded", () => {
    it("by ten times the documented figure, and by 10 s if that is under a second", () => {
        expectBounded(9_999, "nothing is lost");
        expectBounded(49_999, "HAProxy kept down");
        expect(() => expectBounded(10_001, "HAProxy killed")).toThrow(
            "requests were lost for 10.0 s; docs/failures.md says 0.5 s (HAProxy killed)",
        );
        expect(() => expectBounded(50_001, "HAProxy kept down")).toThrow("docs/failures.md says 5 s");
    });

    it("by figures that are in docs/failures.md", () => {
        const page = readFileSync(join(__dirname, "../../../docs/failures.md"), "utf8");
        for (const seconds of Object.values(documentedSeconds).filter(seconds => seconds > 0)) {
            expect(page).toContain(` ${seconds} s`);
        }
    });
});
