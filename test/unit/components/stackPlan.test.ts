import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { servicesIn } from "../../../components/KnownServices";
import { planServices } from "../../../components/stackPlan";
import { type AddressBlock, layout, slotAddress, slotsFor } from "../../../model/addresses";
import { emptyRecord, type ServiceRecord } from "../../../model/Record";
import { parseRoute } from "../../../model/Route";
import type { World } from "../../../model/World";
import { blueWithA, key, recorded, running } from "../plan/support";
import { configWith, settingsOf } from "../settings/support";

const subnet = "10.88.0.0/20";

/** A world with these records, in which nothing runs. */
function worldOf(records: ServiceRecord[] = []): World {
    return {
        containers: [],
        generations: [],
        records: { services: new Map(records.map(record => [record.service, record])), key, frontIncarnation: 0 },
    };
}

function plansOf(services: Record<string, object>, world = worldOf(), problem?: string) {
    const full = Object.entries(services).map(([name, service]) => [
        name,
        { image: `shop/${name}:A`, port: 8080, hosts: [`${name}.example.com`], ...service },
    ]);
    const settings = settingsOf({ services: Object.fromEntries(full) });
    const images = new Map(settings.services.map(({ name }) => [name, { digest: "sha256:aa", problem }]));
    const front = { key, layout: layout(subnet) };
    return planServices(settings, {
        services: servicesIn(world, { project: "shop", stack: "prod", front: "shop-prod" }),
        images,
        front,
        isAssumed: false,
    });
}

function addressesOf({ size, ...block }: AddressBlock): string[] {
    return Array.from({ length: size }, (_, index) => slotAddress({ size, ...block }, index + 1));
}

describe("planning the services of a stack", () => {
    it("gives a first release the addresses of both colors", () => {
        const [plan] = plansOf({ web: { maxReplicas: 3 } });
        expect(plan?.deployment).toMatchObject({
            blue: { block: { first: "10.88.0.32", size: 6 }, otherBlock: { first: "10.88.0.38", size: 6 } },
        });
    });

    it("keeps the addresses of a color, and gives it others only if it needs more", () => {
        const record: ServiceRecord = {
            ...emptyRecord("web"),
            blue: { release: recorded("A").id, replicas: 1, block: { first: "10.88.1.0", size: 16 } },
            releases: { [recorded("A").id]: recorded("A") },
        };
        const blockWith = (maxReplicas: number) =>
            plansOf({ web: { maxReplicas } }, worldOf([record]))[0]?.deployment.blue?.block;
        expect(blockWith(8)).toEqual({ first: "10.88.1.0", size: 16 });
        expect(blockWith(4)).toEqual({ first: "10.88.1.0", size: 16 });
        expect(blockWith(9)).toEqual({ first: "10.88.0.32", size: 18 });
    });

    it("never gives two colors the same address, neither in one run nor one that another service has", () => {
        const sizes = fc.array(fc.integer({ min: 1, max: 32 }), { minLength: 1, maxLength: 8 });
        fc.assert(
            fc.property(sizes, fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 4 }), (wanted, held) => {
                const records = held.map((place, index): ServiceRecord => {
                    const first = slotAddress({ first: "10.88.0.32", size: 2000 }, 1 + place * 32 + index * 3);
                    return { ...emptyRecord(`old${index}`), blue: { replicas: 0, block: { first, size: 3 } } };
                });
                const services = wanted.map((maxReplicas, index) => [`new${index}`, { maxReplicas }]);
                const blocks = plansOf(Object.fromEntries(services), worldOf(records)).flatMap(({ deployment }) => [
                    deployment.blue!.block!,
                    deployment.blue!.otherBlock!,
                ]);
                expect(blocks.map(({ size }) => size)).toEqual(
                    wanted.flatMap(replicas => [slotsFor(replicas), slotsFor(replicas)]),
                );
                const given = blocks.flatMap(addressesOf);
                const taken = new Set(records.flatMap(({ blue }) => addressesOf(blue.block!)));
                expect(new Set(given).size).toBe(given.length);
                expect(given.filter(address => taken.has(address))).toEqual([]);
            }),
        );
    });

    it("has room for 95 services in a /20, and names the first one that finds none", () => {
        const services = (count: number) =>
            Object.fromEntries(Array.from({ length: count }, (_, index) => [`s${index + 1}`, {}]));
        expect(plansOf(services(95))).toHaveLength(95);
        expect(() => plansOf(services(96))).toThrow(
            "relink:services.s96: the front's subnet 10.88.0.0/20 has no room for 16 more slots: lower maxReplicas of a " +
                "service, or create the front with a larger relink:front.network.subnet. Nothing was changed",
        );
    });

    it("tells a link which hosts other services have", () => {
        const links = plansOf({ api: {}, shop: {}, web: {} }).map(({ link }) => link.claimedByOthers);
        expect(links[0]).toEqual(["shop.example.com", "web.example.com"]);
        expect(links[2]).toEqual(["api.example.com", "shop.example.com"]);
    });

    it("lets the service that takes a wider host remove the narrower one that another service gives up", () => {
        const shop = {
            ...emptyRecord("shop"),
            routes: [parseRoute("shop.example.com"), parseRoute("sale.example.com")],
        };
        const services = { shop: {}, web: { hosts: ["*.example.com"] } };
        const [shops, webs] = plansOf(services, worldOf([shop])).map(({ link }) => link);
        const passed = { place: "sale.example.com", from: "shop", after: { "*.example.com": "web" } };
        expect(shops).toMatchObject({ handovers: [], claimedByOthers: ["*.example.com", "sale.example.com"] });
        expect(webs).toMatchObject({ handovers: [passed], claimedByOthers: ["shop.example.com"] });
    });

    it("hands over nothing that a service of another stack has", () => {
        const other: ServiceRecord = {
            ...emptyRecord("pr-12-web"),
            format: 2,
            stack: "shop/pr-12",
            routes: [parseRoute("pr-12.example.com")],
            blue: { replicas: 1, block: { first: "10.88.0.32", size: 16 } },
        };
        const [web] = plansOf({ web: { hosts: ["*.example.com"] } }, worldOf([other]));
        expect(web?.link).toMatchObject({ handovers: [], standIns: {}, claimedByOthers: [] });
        expect(web?.deployment.blue?.block?.first).toBe("10.88.0.48");
    });

    it("deploys the containers of a canary's first step, and tells the link the steps after it", () => {
        const strategy = { canary: { steps: [{ weight: 25, replicas: 1 }, { weight: 50 }] } };
        const settings = settingsOf(configWith({ image: "shop/web:B", replicas: 3, strategy }));
        const [made] = planServices(settings, {
            services: {
                names: ["web"],
                service: () => blueWithA({ blue: running(recorded("A"), 3) }),
                fingerprint: () => "as it is",
                taken: [],
            },
            images: new Map([["web", { digest: "sha256:bb" }]]),
            front: { key, layout: layout(subnet) },
            isAssumed: false,
        });
        expect(made?.plan.green).toMatchObject({ act: true, replicas: 3 });
        expect(made?.deployment.green?.replicas).toBe(1);
        expect(made?.link.replicas).toBe(3);
        expect(made?.link.walk?.steps.map(({ weight, replicas }) => [weight, replicas])).toEqual([
            [25, 1],
            [50, undefined],
        ]);
    });

    it("deploys nothing for a service that is refused, and its link says why", () => {
        const [plan] = plansOf({ web: {} }, worldOf(), "no such image");
        expect(plan?.deployment).toEqual({});
        expect(plan?.link).toMatchObject({ refusal: "no such image", from: "none", replicas: 0 });
    });

    it("hands the providers no hook and no drift policy, because they do not use them", () => {
        const [plan] = plansOf({ web: { hooks: { prePromotion: { command: "./check" } } } });
        expect(Object.keys(plan?.deployment.blue?.policy ?? {}).sort()).toEqual([
            "autoPromotion",
            "drainTimeoutMs",
            "healthyDeadlineMs",
            "keepReleases",
            "lockTimeoutMs",
            "minHealthyTimeMs",
            "onDrainTimeout",
            "previousColor",
            "progressDeadlineMs",
            "retryToken",
        ]);
    });
});
