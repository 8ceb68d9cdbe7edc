import { describe, expect, it } from "vitest";
import { deleteFront } from "../../../up/deleteFront";
import { SimulatedGenerations, serviceOnBlue } from "../../simulation/SimulatedGenerations";

describe("the deletion of a front", () => {
    it("removes everything of the stack but the anchor, also objects that the stack's state does not have", async () => {
        const front = new SimulatedGenerations({
            generations: { 1: {} },
            others: ["forgotten"],
            services: [serviceOnBlue("web", { confirmed: "none" })],
            incarnation: 2,
        });
        await deleteFront(front.up(), 2);
        expect(front.steps).toEqual([
            "front: delete",
            "drop the images",
            "stop generation-1",
            "stop forgotten",
            "remove generation-1",
            "remove forgotten",
        ]);
    });

    it("is refused while a service is linked", async () => {
        const services = [serviceOnBlue("web"), serviceOnBlue("new", { confirmed: "none" })];
        const front = new SimulatedGenerations({ generations: { 1: {} }, services, incarnation: 1 });
        await expect(deleteFront(front.up(), 1)).rejects.toThrow(
            "the front cannot be deleted while services are linked: web.",
        );
        expect(front.steps).toEqual([]);
    });

    it("is refused while other stacks use the front, also where its anchor does not run", async () => {
        const users = { "shop/pr-12": ["web-12"], "shop/pr-13": ["api-13", "web-13"] };
        for (const anchor of [{}, { state: "exited" }] as const) {
            const front = new SimulatedGenerations({ anchor, generations: { 1: {} }, users, incarnation: 1 });
            await expect(deleteFront(front.up(), 1)).rejects.toThrow(
                "the front front goes on serving, because other stacks use it: shop/pr-12 (web-12), shop/pr-13 (api-13, web-13). " +
                    "Run pulumi destroy in each of those stacks, then in this one again",
            );
            expect(front.steps).toEqual([]);
        }
    });

    it("does nothing for a configuration that a newer one has replaced", async () => {
        const front = new SimulatedGenerations({ generations: { 1: {} }, incarnation: 2 });
        await deleteFront(front.up(), 1);
        expect(front.steps).toEqual([]);
        expect(front.serving()).toEqual(["generation-1"]);
    });

    it("needs no lease if the anchor does not run, because no request is served then", async () => {
        const front = new SimulatedGenerations({
            anchor: { state: "exited" },
            generations: { 1: { state: "exited" } },
        });
        await deleteFront(front.up(), 1);
        expect(front.steps).toEqual(["drop the images", "stop generation-1", "remove generation-1"]);
    });
});
