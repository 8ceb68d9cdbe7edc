import { describe, expect, it } from "vitest";
import type { Worker } from "../../../model/FrontState";
import { emptyRecord, type ServiceRecord } from "../../../model/Record";
import { parseRoute } from "../../../model/Route";
import { requireOwnPlaces } from "../../../providers/requireOwnPlaces";
import type { Session } from "../../../providers/Session";
import { PlanOutdated } from "../../../up/PlanOutdated";

const routes = new Map([
    ["shop.example.com/", "shop"],
    ["one.example.com/", "web-one"],
    ["two.example.com/", "web-two"],
    ["nobody.example.com/", "gone"],
]);

/** A front with the service `shop` of its owner, and one service of each of two stacks that use it. */
function sessionOf(stack: string, uses?: true): Session {
    const record = (service: string, change: Partial<ServiceRecord> = {}) => ({ ...emptyRecord(service), ...change });
    const records = [
        record("shop"),
        record("web-one", { stack: "shop/one", routes: [parseRoute("one.example.com")] }),
        record("web-two", { stack: "shop/two" }),
    ];
    const services = new Map(records.map(one => [one.service, one]));
    return {
        target: { project: "shop", stack, front: "shop-prod", ...(uses && { uses }) },
        recorded: async (service: string) => services.get(service) ?? emptyRecord(service),
        allRecorded: async () => services,
        observe: async () => ({ front: { workers: [{ old: false, routes } as Worker] } }),
    } as unknown as Session;
}

describe("a route that opens", () => {
    it.each([
        ["nobody has", "new.example.com"],
        ["the service has already", "one.example.com"],
        ["leads to a service that is gone", "nobody.example.com"],
        ["is narrower than another stack's", "two.example.com/api"],
    ])("may lead where %s", async (_, route) => {
        await requireOwnPlaces(sessionOf("one", true), "web-one", [parseRoute(route)]);
    });

    it("may lead where another service of the same stack has it", async () => {
        await requireOwnPlaces(sessionOf("prod"), "web", [parseRoute("shop.example.com")]);
    });

    it.each([
        ["of a stack that uses the front", "two.example.com", "the service web-two of the stack shop/two"],
        ["of the stack that owns the front", "shop.example.com", "the service shop of the stack that owns the front"],
    ])("may not lead where a service has it %s, since the plan was made", async (_, route, holder) => {
        const opening = requireOwnPlaces(sessionOf("one", true), "web-one", [parseRoute(route)]);
        await expect(opening).rejects.toThrow(`web-one: ${route} leads to ${holder} since the plan was made`);
        await expect(opening).rejects.toBeInstanceOf(PlanOutdated);
    });
});
