import { describe, expect, it } from "vitest";
import { Normaliser } from "../../support/goldenPreview";
import type { TestStack } from "../../support/stack";

const stack = { name: "t-1", ports: { http: 20_000, https: 20_363, preview: 20_001, metrics: 20_002 } } as TestStack;
const golden = new Normaliser(stack, new Map());

describe("a golden preview", () => {
    it("is the same for a preview that took longer", () => {
        const rows = ["Previewing update (t-1):", "  pulumi:pulumi:Stack: (same)", "Resources:", "    15 unchanged"];
        const slow = [...rows.slice(0, 2), "@ previewing update....", ...rows.slice(2)];
        expect(golden.text(slow.join("\n"), "")).toBe(golden.text(rows.join("\n"), ""));
    });
});
