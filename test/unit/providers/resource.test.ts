import { describe, expect, it } from "vitest";
import { acts, type CommonInputs, check, failedCreate, incarnationOf, resourceId } from "../../../providers/resource";

const plan = { from: "blue" };
const olds = { image: "shop/web:A", revision: 3, __plan: { from: "none" } };

async function inputsOf(before: Record<string, unknown>, after: Record<string, unknown>) {
    const { inputs, failures } = await check(before, after);
    expect(failures).toEqual([]);
    return inputs;
}

describe("checking a resource's inputs", () => {
    it("raises the revision if the plan acts, and drops the plan's flag for that", async () => {
        expect(await inputsOf(olds, { image: "shop/web:B", act: true, __plan: plan, revision: undefined })).toEqual({
            image: "shop/web:B",
            revision: 4,
            __plan: plan,
        });
    });

    it("keeps revision and plan if the plan does not act, so that no diff is shown", async () => {
        expect(await inputsOf(olds, { image: "shop/web:A", act: false, __plan: plan, revision: undefined })).toEqual(
            olds,
        );
    });

    it("updates a stale state without an action", async () => {
        const news = await inputsOf(olds, { image: "shop/web:B", act: false });
        expect(news).toEqual({ ...olds, image: "shop/web:B" });
        expect(acts(olds as unknown as CommonInputs<unknown>, news as unknown as CommonInputs<unknown>)).toBe(false);
    });

    it("drops a plan that does not act", async () => {
        expect(await inputsOf({}, { image: "shop/web:A", act: false, __plan: plan })).toEqual({
            image: "shop/web:A",
            revision: 0,
        });
    });

    it("starts with revision 1 for a new resource that acts, and after --replace, which passes no old inputs", async () => {
        expect(await inputsOf({}, { act: true, __plan: plan })).toEqual({ revision: 1, __plan: plan });
    });

    it("gives a retry the same revision, because a failed update keeps the old inputs", async () => {
        const first = await inputsOf(olds, { act: true, __plan: plan });
        const second = await inputsOf(olds, { act: true, __plan: plan });
        expect(first.revision).toBe(second.revision);
    });

    it("leaves out undefined inputs, so that they are not shown as a change", async () => {
        expect(Object.keys(await inputsOf({}, { image: undefined, digest: undefined, act: false }))).toEqual([
            "revision",
        ]);
    });

    it("never changes its arguments", async () => {
        const before = structuredClone(olds);
        await check(olds, { act: false });
        expect(olds).toEqual(before);
    });
});

describe("a call acts", () => {
    const at = (revision: number) => ({ revision }) as CommonInputs<unknown>;
    it("only with a higher revision than the state has", () => {
        expect([acts(at(1), at(2)), acts(at(1), at(1)), acts(at(2), at(1))]).toEqual([true, false, false]);
    });

    it("at a creation if the plan acts", () => {
        expect([acts(undefined, at(1)), acts(undefined, at(0))]).toEqual([true, false]);
    });
});

describe("the id of a resource", () => {
    it("has the number of its creation", () => {
        expect(incarnationOf(resourceId("relink-dev/web/blue", 12))).toBe(12);
    });

    it("without a number is older than every other", () => {
        expect(incarnationOf("relink-dev/web/blue")).toBe(0);
    });
});

describe("a create that failed half-way", () => {
    it("passes id and properties to Pulumi, so that destroy finds what exists", () => {
        const properties = { service: "web" };
        expect(failedCreate("shop/web#1", properties, new Error("not healthy"))).toEqual({
            id: "shop/web#1",
            properties,
            reasons: ["not healthy"],
            message: "not healthy",
        });
    });

    it("keeps the words about a hand-over until there is another one", async () => {
        const olds = { handOver: "HAProxy 3.0 => 3.2", revision: 1 };
        expect((await check(olds, { act: false })).inputs).toEqual(olds);
        const { inputs } = await check(olds, { act: true, handOver: "HAProxy 3.2 => 3.0" });
        expect(inputs).toEqual({ handOver: "HAProxy 3.2 => 3.0", revision: 2 });
        expect((await check({}, { act: false })).inputs).toEqual({ revision: 0 });
    });
});
