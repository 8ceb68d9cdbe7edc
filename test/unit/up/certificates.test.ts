import { describe, expect, it } from "vitest";
import type { FrontTimeouts, ManagedCertificate } from "../../../model/FrontSettings";
import { applyFront, type WantedFront } from "../../../up/applyFront";
import { renewDue } from "../../../up/renewDue";
import { Dead, SimulatedGenerations } from "../../simulation/SimulatedGenerations";

const acme = { directory: "https://acme.example.com/dir" };
const day = 24 * 3_600_000;

function managedOf(...hosts: string[]) {
    const certificates = hosts.map((host): ManagedCertificate => ({ name: host, hosts: [host], by: "acme" }));
    return { certificates, acme };
}

function wantedOf(...hosts: string[]): WantedFront {
    const tls = { certificates: hosts, minVersion: "TLSv1.2" as const };
    const base = { timeouts: {} as FrontTimeouts, trustedProxies: [], challenges: true };
    const kind = { image: { name: "haproxy:3.2" }, options: "as ever" };
    return { ...base, kind, key: Buffer.alloc(32, 1), tls, managed: managedOf(...hosts) };
}

/** Renews as `npm run renew` does it. */
function renewed(front: SimulatedGenerations, up = front.up(), managed = managedOf("a")) {
    return renewDue(up, managed, new Map(front.certificates.certificates));
}

/** Fingerprints by name, as HAProxy serves them. */
function served(front: SimulatedGenerations): Record<string, string> {
    return Object.fromEntries(Object.entries(front.served ?? {}).map(([name, { fingerprint }]) => [name, fingerprint]));
}

async function frontWith(...hosts: string[]): Promise<SimulatedGenerations> {
    const front = new SimulatedGenerations();
    await applyFront(front.up(), wantedOf(...hosts));
    front.steps.length = 0;
    return front;
}

describe("a front with certificates by ACME", () => {
    it("has each one in HAProxy, and nothing of the challenge is left", async () => {
        const front = new SimulatedGenerations();
        await applyFront(front.up(), wantedOf("a", "b"));
        expect(served(front)).toEqual({ a: "1", b: "2" });
        expect(front.challenges.size).toBe(0);
        expect(front.isUnsettled).toBe(false);
        expect([...front.certificates.certificates.values()].map(({ issued }) => issued?.installed)).toEqual([
            true,
            true,
        ]);
    });

    it("goes on with the same keys and the same order, wherever an up died", async () => {
        const whole = new SimulatedGenerations();
        await applyFront(whole.up(), wantedOf("a"));
        const { calls } = whole;
        for (let diesAt = 0; diesAt < calls; diesAt++) {
            for (const tookEffect of [false, true]) {
                const front = new SimulatedGenerations();
                await expect(applyFront(front.up(diesAt, tookEffect), wantedOf("a"))).rejects.toThrow(Dead);
                const { account, certificates } = structuredClone(front.certificates);
                await applyFront(front.up(), wantedOf("a"));
                const { authority } = front;
                const last = authority.issued.at(-1)!;
                expect(served(front)).toEqual({ a: last.fingerprint });
                expect(front.certificates.account).toMatchObject(account ?? {});
                const before = certificates.get("a");
                if (before?.next !== undefined) {
                    expect(last.key).toBe(before.next.key);
                    expect(authority.orders.size).toBeLessThanOrEqual(before.next.order === undefined ? 2 : 1);
                }
                if (before?.issued !== undefined) {
                    expect(authority.issued).toHaveLength(1);
                }
            }
        }
    });

    it("goes on where a host has none, gets those of the other hosts, records why, and is tried again", async () => {
        const front = new SimulatedGenerations();
        front.authority.refused.add("a");
        await applyFront(front.up(), wantedOf("a", "b"));
        expect(front.told).toEqual([
            expect.stringMatching(/^warning: there is no certificate yet for a: a does not answer the challenge/),
        ]);
        expect(front.certificates.certificates.get("a")).toMatchObject({
            failure: expect.stringMatching(/^a does not answer the challenge/),
            next: { key: expect.any(String) },
        });
        expect(served(front)).toEqual({ b: "1" });
        expect([front.challenges.size, front.isUnsettled]).toEqual([0, false]);
        front.authority.refused.clear();
        await applyFront(front.up(), wantedOf("a", "b"));
        expect(served(front)).toEqual({ a: "2", b: "1" });
        expect(front.certificates.certificates.get("a")).not.toHaveProperty("failure");
    });

    it("keeps the one that it has while its authority is down, and says so", async () => {
        const front = await frontWith("a");
        front.nowMs += 61 * day;
        front.authority.isDown = true;
        await applyFront(front.up(), wantedOf("a"));
        expect(served(front)).toEqual({ a: "1" });
        expect(front.told).toEqual([
            expect.stringMatching(
                /^warning: the certificate for a was not renewed: authority: connect ECONNREFUSED\. The one before stays/,
            ),
        ]);
    });

    it("forgets one that is not wanted only once it has ended", async () => {
        const front = await frontWith("a", "b");
        await applyFront(front.up(), wantedOf("b"));
        expect(served(front)).toEqual({ b: "2" });
        await applyFront(front.up(), wantedOf("a", "b"));
        expect(served(front)).toEqual({ a: "1", b: "2" });
        await applyFront(front.up(), wantedOf("b"));
        front.nowMs += 91 * day;
        await applyFront(front.up(), wantedOf("b"));
        expect([...front.certificates.certificates.keys()]).toEqual(["b"]);
    });
});

describe("a renewal", () => {
    it("takes no lease and changes nothing where nothing is due", async () => {
        const front = await frontWith("a");
        expect(await renewed(front)).toMatchObject([{ hosts: ["a"], outcome: "not due" }]);
        expect(front.steps).toEqual([]);
        expect(await renewed(front, front.up(), managedOf("new"))).toEqual([{ hosts: ["new"], outcome: "missing" }]);
        expect(front.steps).toEqual([]);
    });

    it("comes after two thirds of the lifetime, or when the authority asks for it", async () => {
        const front = await frontWith("a");
        front.nowMs += 59 * day;
        expect(await renewed(front)).toMatchObject([{ outcome: "not due" }]);
        front.nowMs += 2 * day;
        expect(await renewed(front)).toMatchObject([{ outcome: "renewed" }]);
        expect(served(front)).toEqual({ a: "2" });
        const [from, to] = [-2, -1].map(days => new Date(front.nowMs + days * day).toISOString());
        front.authority.window = { from: from!, to: to! };
        expect(await renewed(front)).toMatchObject([{ outcome: "renewed" }]);
        expect(served(front)).toEqual({ a: "3" });
    });

    it("writes down what the authority says by now", async () => {
        const front = await frontWith("a");
        const at = new Date(front.nowMs + 10 * day).toISOString();
        front.authority.window = { from: at, to: at };
        expect(await renewed(front)).toMatchObject([{ outcome: "not due", issued: { renewAfter: at } }]);
        expect(front.steps).toEqual(["certificate a"]);
        expect(front.certificates.certificates.get("a")?.issued?.renewAfter).toBe(at);
    });

    it("leaves the certificate where the authority gives none, and says why", async () => {
        const front = await frontWith("a");
        front.nowMs += 61 * day;
        front.authority.refused.add("a");
        expect(await renewed(front)).toMatchObject([{ outcome: "failed", error: "a does not answer the challenge" }]);
        expect(served(front)).toEqual({ a: "1" });
    });

    it("is finished by the next one, or by an up, wherever it died", async () => {
        const due = async () => {
            const front = await frontWith("a");
            front.nowMs += 61 * day;
            return front;
        };
        const whole = await due();
        const up = whole.up();
        await renewed(whole, up);
        const { calls } = whole;
        for (let diesAt = 0; diesAt < calls; diesAt++) {
            for (const finish of [renewed, (front: SimulatedGenerations) => applyFront(front.up(), wantedOf("a"))]) {
                const front = await due();
                await renewed(front, front.up(diesAt, true)).catch(error => expect(error).toBeInstanceOf(Dead));
                await finish(front);
                const { issued } = front.certificates.certificates.get("a")!;
                expect(issued).toMatchObject({ installed: true, fingerprint: served(front).a });
                expect(front.challenges.size).toBe(0);
            }
        }
    });
});
