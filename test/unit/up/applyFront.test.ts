import { describe, expect, it } from "vitest";
import type { FrontTimeouts } from "../../../model/FrontSettings";
import { applyFront, type WantedFront } from "../../../up/applyFront";
import { type Beginning, Dead, SimulatedGenerations, serviceOnBlue } from "../../simulation/SimulatedGenerations";

const wanted: WantedFront = {
    kind: { image: { name: "haproxy:3.2" }, options: "as ever" },
    key: Buffer.alloc(32, 1),
    timeouts: {} as FrontTimeouts,
    trustedProxies: [],
};

describe("a front", () => {
    it("has its owner, its key and its files before HAProxy starts", async () => {
        const front = new SimulatedGenerations();
        await applyFront(front.up(), { ...wanted, incarnation: 1 });
        expect(front.steps).toEqual([
            "prepare the folders",
            "owner: shop/prod, before: shop/prod",
            "incarnation 1",
            "key",
            "begin",
            "configure",
            "set the certificates",
            "front: start",
            "start generation 1",
            "settle",
        ]);
        expect(front.serving()).toEqual(["generation-1"]);
    });

    it("keeps the generation that runs, and only gets the configuration", async () => {
        for (const state of ["running", "restarting"] as const) {
            const front = new SimulatedGenerations({ generations: { 3: { state } } });
            const end = applyFront(front.up(), wanted);
            await (state === "running" ? end : expect(end).rejects.toThrow("the front does not answer: not in time"));
            expect(front.steps.filter(step => /start|remove/.test(step))).toEqual([]);
        }
    });

    it("is complete after the next up, wherever one died", async () => {
        const beginnings: Beginning[] = [
            {},
            { anchor: { state: "exited" }, generations: { 1: { state: "exited" } } },
            { anchor: { address: undefined }, generations: { 2: {} }, readers: ["reader"] },
            { generations: { 4: { networkMode: "container:another" } }, services: [serviceOnBlue("web")] },
        ];
        for (const beginning of beginnings) {
            const whole = new SimulatedGenerations(beginning);
            await applyFront(whole.up(), wanted);
            const { calls } = whole;
            for (let diesAt = 0; diesAt < calls; diesAt++) {
                for (const tookEffect of [false, true]) {
                    const front = new SimulatedGenerations(beginning);
                    await expect(applyFront(front.up(diesAt, tookEffect), wanted)).rejects.toThrow(Dead);
                    await applyFront(front.up(), wanted);
                    expect(front.serving()).toHaveLength(1);
                    expect(front.generations).toHaveLength(1);
                    expect(front.readers).toEqual([]);
                    expect(front.owner).toBe("shop/prod");
                    expect(front.key).toEqual(wanted.key);
                }
            }
        }
    });

    it("is taken over from the stack that its labels name", async () => {
        const front = new SimulatedGenerations({
            owner: "old/prod",
            anchor: { labels: { "relink.project": "old", "relink.stack": "prod" } },
        });
        await expect(applyFront(front.up(), wanted)).rejects.toThrow("the front belongs to old/prod");
        expect(front.steps).toEqual([]);
        await applyFront(front.up(), { ...wanted, adoptFrom: "old/prod" });
        expect(front.steps).toContain("owner: shop/prod, before: old/prod");
        expect(front.told).toEqual(["taken over from the stack old/prod"]);
    });

    it("that does not answer in time is an error with the last answer", async () => {
        const front = new SimulatedGenerations({ startMs: 60_000 });
        await expect(applyFront(front.up(), wanted)).rejects.toThrow(
            "the front does not answer: not in time; seen last: HAProxy's own health page answered 503",
        );
        expect(front.nowMs).toBeGreaterThanOrEqual(20_000);
        expect(front.nowMs).toBeLessThan(21_000);
    });

    it("is waited for while HAProxy starts", async () => {
        const front = new SimulatedGenerations({ startMs: 15_000 });
        await applyFront(front.up(), wanted);
        expect(front.nowMs).toBeGreaterThanOrEqual(15_000);
    });
});

describe("a certificate", () => {
    const withCertificate = (pem: string) => ({ ...wanted, certificates: { shop: { pem, fingerprint: "" } } });

    it("is in HAProxy's memory if it is in its files, wherever an up died", async () => {
        const front = new SimulatedGenerations();
        await applyFront(front.up(), withCertificate("first"));
        expect(front.steps.slice(-7)).toEqual([
            "begin",
            "configure",
            "front: certificates",
            "set the certificates",
            "front: start",
            "start generation 1",
            "settle",
        ]);
        await applyFront(front.up(), withCertificate("second"));
        expect(front.served).toEqual(withCertificate("second").certificates);
        const { calls } = front;
        for (let diesAt = 0; diesAt < calls; diesAt++) {
            await applyFront(front.up(), withCertificate("first"));
            await expect(applyFront(front.up(diesAt, true), withCertificate("second"))).rejects.toThrow(Dead);
            await applyFront(front.up(), withCertificate("second"));
            expect(front.served).toEqual(withCertificate("second").certificates);
        }
        await applyFront(front.up(), wanted);
        expect(front.served).toEqual({});
    });
});

describe("an anchor", () => {
    it("that somebody stopped is started before anything else", async () => {
        const front = new SimulatedGenerations({ anchor: { state: "exited" } });
        await applyFront(front.up(), wanted);
        expect(front.steps.slice(0, 2)).toEqual(["start the anchor", "prepare the folders"]);
    });

    it("that somebody removed is an error, and nothing is changed", async () => {
        const front = new SimulatedGenerations();
        front.anchor = undefined;
        await expect(applyFront(front.up(), wanted)).rejects.toThrow("the anchor container front of the front is gone");
        expect(front.steps).toEqual([]);
    });

    it("that somebody took off its network is connected, and its services are waited for", async () => {
        const services = [serviceOnBlue("web", { ready: 0 }), serviceOnBlue("new", { confirmed: "none" })];
        const front = new SimulatedGenerations({ anchor: { address: undefined }, generations: { 1: {} }, services });
        await applyFront(front.up(), wanted);
        expect(front.steps[0]).toBe("connect the anchor");
        // A service whose containers stay unhealthy does not fail the front.
        expect(front.told).toEqual([
            "warning: HAProxy finds none of their live containers healthy: not in time; seen last: web",
        ]);
        expect(front.nowMs).toBeGreaterThanOrEqual(30_000);
    });
});

describe("a generation", () => {
    it("that has exited or never started is removed after another one runs, and one of another anchor before", async () => {
        const front = new SimulatedGenerations({
            generations: {
                1: { state: "exited" },
                2: { state: "created" },
                3: { networkMode: "container:another" },
            },
            readers: ["reader"],
            services: [serviceOnBlue("web")],
        });
        await expect(applyFront(front.up(), wanted)).resolves.toBeUndefined();
        expect(front.steps.slice(-6)).toEqual([
            "remove generation-3",
            "start generation 4",
            "remove reader",
            "remove generation-1",
            "remove generation-2",
            "settle",
        ]);
        expect(front.serving()).toEqual(["generation-4"]);
    });
});
