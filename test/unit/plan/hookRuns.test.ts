import { describe, expect, it } from "vitest";
import { hookTrigger, verifyHookRan } from "../../../plan/hookRuns";

describe("a hook that has to run before", () => {
    const due = { promotion: 4, hooks: { preDeploy: true } };

    it("has run when its Command was triggered by this promotion", () => {
        expect(() => verifyHookRan("web", "preDeploy", { ...due, hookRan: hookTrigger(4) })).not.toThrow();
    });

    it("has not run when --target left its Command at another promotion, or out of the state", () => {
        for (const hookRan of [hookTrigger(3), undefined]) {
            expect(() => verifyHookRan("web", "preDeploy", { ...due, hookRan })).toThrow(
                "hooks.preDeploy has not run for this release, so nothing was done. " +
                    "Run pulumi up again without --target, or add --target '**web-preDeploy'",
            );
        }
    });

    it("is not required if the plan or the config has none", () => {
        expect(() => verifyHookRan("web", "preDeploy", { promotion: 4, hooks: {} })).not.toThrow();
        expect(() => verifyHookRan("web", "preDeploy", { promotion: 4, hooks: { preDeploy: false } })).not.toThrow();
    });
});
