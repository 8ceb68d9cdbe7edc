import { describe, expect, it } from "vitest";
import { serviceOutputs } from "../../../components/outputs";
import { parseRoute } from "../../../model/Route";
import { plan } from "../../../plan/table";
import { blueWithA, blueWithBGreenWarmWithA, observed, recorded, releaseOf, running, wish } from "../plan/support";
import { configWith, settingsOf } from "../settings/support";

const front = settingsOf(configWith({}, { front: { http: { port: 8080 }, preview: { port: 8090 } } })).front;

function outputsOf(world: ReturnType<typeof observed>, desired: ReturnType<typeof wish>) {
    return serviceOutputs(world, plan(world, desired), front);
}

describe("the outputs of a service", () => {
    it("have the state after its plan", () => {
        const { id: release, digest } = releaseOf("B");
        expect(
            outputsOf(blueWithA(), wish("B", { routes: ["*.example.com", "shop.example.com"].map(parseRoute) })),
        ).toEqual({
            live: "green",
            stable: "green",
            blue: expect.objectContaining({ image: "shop/web:A", state: "running" }),
            green: { image: "shop/web:B", digest, release, replicas: 1, state: "running" },
            url: "http://shop.example.com:8080",
            previewUrl: "http://web.localhost:8090",
        });
    });

    it("name the color that gets a share of the requests", () => {
        const strategy = { kind: "canary", promotes: false, sticky: "none" } as const;
        const steps = [{ weight: 25, pauseMs: 0, analysis: true }];
        const world = blueWithA({ green: running(recorded("B", { linked: false })) });
        const desired = wish("B", { policy: { strategy: { ...strategy, steps } } });
        expect(outputsOf(world, desired)).toMatchObject({ live: "blue", share: "green 25 %", stable: "blue" });
        expect(outputsOf(blueWithA(), wish("A"))).not.toHaveProperty("share");
    });

    it("have the number of containers that a canary has after its steps", () => {
        const steps = [{ weight: 25, replicas: 1, pauseMs: 0, analysis: true }];
        const walk = { kind: "canary", promotes: true, sticky: "none", steps } as const;
        const world = blueWithA({ blue: running(recorded("A"), 3) });
        const desired = wish("B", { replicas: 3, policy: { strategy: walk } });
        expect(outputsOf(world, desired)).toMatchObject({ live: "green", green: { replicas: 3 } });
        const held = wish("B", { replicas: 3, policy: { strategy: { ...walk, promotes: false } } });
        expect(outputsOf(world, held)).toMatchObject({ live: "blue", green: { replicas: 1 } });
    });

    it("have the observed state after a release failed", () => {
        const world = blueWithA({ stable: { color: "blue", release: "A" } });
        expect(serviceOutputs(world, {}, front)).toMatchObject({ live: "blue", stable: "blue", green: undefined });
    });

    it("call no release stable that is live but was never judged", () => {
        const world = blueWithBGreenWarmWithA({ stable: { color: "green", release: "A" } });
        expect(serviceOutputs(world, {}, front)).toMatchObject({ live: "blue", stable: "green" });
    });

    it("have a URL without the port if that is 80", () => {
        const plain = { ...front, http: { port: 80 } };
        expect(serviceOutputs(blueWithA(), {}, plain).url).toBe("http://localhost");
    });

    it("have the port of a TCP service, and no preview over HTTP", () => {
        const release = recorded("A");
        const settings = { ...release.settings, protocol: "tcp" as const };
        const of = (...routes: string[]) => {
            const service = { blue: running({ ...release, settings }), routes: routes.map(parseRoute) };
            return serviceOutputs(blueWithA(service), {}, front);
        };
        expect(of(":6379")).toMatchObject({ url: "tcp://localhost:6379" });
        expect(of("*.example.com:5432", "db.example.com:5432").url).toBe("tcp://db.example.com:5432");
        expect(of(":6379")).not.toHaveProperty("previewUrl");
    });

    it("say that the link is pinned", () => {
        expect(outputsOf(blueWithBGreenWarmWithA(), wish("B", { live: "green" }))).toMatchObject({ pinned: "green" });
        expect(outputsOf(blueWithA(), wish("B", { live: "green" }))).not.toHaveProperty("pinned");
        expect(outputsOf(blueWithA(), wish("A"))).not.toHaveProperty("pinned");
    });

    it("keep the stable color while a link that somebody moved is refused", () => {
        const world = blueWithBGreenWarmWithA({
            live: "green",
            confirmed: "blue",
            stable: { color: "blue", release: recorded("B").id },
        });
        expect(outputsOf(world, wish("B"))).toMatchObject({ live: "green", stable: "blue" });
    });

    it("are empty before the first release", () => {
        const world = observed({ promotions: 0 });
        expect(outputsOf(world, wish("A", { imageProblem: "no such image" }))).toMatchObject({
            live: "none",
            stable: "none",
            blue: undefined,
            green: undefined,
        });
    });
});
