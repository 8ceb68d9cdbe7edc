import { describe, expect, it } from "vitest";
import { generationLabels } from "../../../model/FrontImage";
import type { FrontTimeouts } from "../../../model/FrontSettings";
import { applyFront, type WantedFront } from "../../../up/applyFront";
import { type Beginning, Dead, SimulatedGenerations, serviceOnBlue } from "../../simulation/SimulatedGenerations";
import type { SimulatedHaproxies } from "../../simulation/SimulatedHaproxies";

/** What the front of these tests begins with: haproxy:3.2 serves a service. */
const beginning: Beginning = { generations: { 1: {} }, services: [serviceOnBlue("web")] };

function wantedWith(image: string, change: Partial<WantedFront> = {}): WantedFront {
    return {
        kind: { image: { name: image }, options: "as ever" },
        key: Buffer.alloc(32, 1),
        timeouts: {} as FrontTimeouts,
        trustedProxies: [],
        ...change,
    };
}

/** A front whose haproxy:3.2 serves with its configuration. */
async function frontWith(change: Beginning = {}, before: Partial<WantedFront> = {}): Promise<SimulatedGenerations> {
    const front = new SimulatedGenerations({ ...beginning, ...change });
    await applyFront(front.up(), wantedWith("haproxy:3.2", before));
    front.steps.length = 0;
    return front;
}

function imagesOf(front: SimulatedGenerations): string[] {
    return front.generations.map(({ labels }) => labels[generationLabels.image] ?? "the anchor's");
}

describe("a hand-over", () => {
    it("starts the new HAProxy with the files in force before the old one leaves, and then changes them", async () => {
        const front = await frontWith();
        await applyFront(front.up(), wantedWith("haproxy:3.0"));
        expect(front.steps.filter(step => !/prepare|owner|key/.test(step))).toEqual([
            "begin",
            "front: try",
            "try haproxy:3.0",
            "front: hand over",
            "start generation 2",
            "front: leave",
            "generation-1 leaves",
            "configure",
            "set the certificates",
            "remove generation-1",
            "settle",
        ]);
        expect(front.serving()).toEqual(["generation-2"]);
        expect(imagesOf(front)).toEqual(["haproxy:3.0"]);
    });

    it("is there and back again, and does nothing where nothing is to do", async () => {
        const front = await frontWith();
        for (const image of ["haproxy:3.0", "haproxy:3.2", "haproxy:3.2"]) {
            await applyFront(front.up(), wantedWith(image));
        }
        expect(front.serving()).toEqual(["generation-3"]);
        expect(front.steps.filter(step => step.startsWith("start"))).toEqual([
            "start generation 2",
            "start generation 3",
        ]);
    });

    it("has other options of the container", async () => {
        const front = await frontWith();
        const labels = { [generationLabels.image]: "haproxy:3.2", [generationLabels.options]: "of before" };
        Object.assign(front.generations[0]!, { labels });
        await applyFront(front.up(), wantedWith("haproxy:3.2"));
        expect(front.steps).toContain("generation-1 leaves");
    });

    it("changes the configuration first, where the new HAProxy refuses the one in force", async () => {
        const old = {} as FrontTimeouts;
        const front = await frontWith({ images: { "haproxy:3.0": { refuses: old } } }, { timeouts: old });
        await applyFront(front.up(), wantedWith("haproxy:3.0"));
        const order = front.steps.filter(step => /configure|leaves/.test(step));
        expect(order).toEqual(["configure", "generation-1 leaves"]);
    });

    it("waits for a HAProxy that needs time, and leaves one with connections to itself", async () => {
        const front = await frontWith({ startMs: 5_000, leaveMs: 60_000 });
        await applyFront(front.up(), wantedWith("haproxy:3.0"));
        expect(front.serving()).toEqual(["generation-2"]);
        expect(front.generations).toHaveLength(2);
        expect(front.told).toEqual([
            "front-gen-1 goes on with the connections that it has, and ends with the last of them",
        ]);
        front.nowMs += 60_000;
        front.steps.length = 0;
        await applyFront(front.up(), wantedWith("haproxy:3.0"));
        expect(front.steps.filter(step => /generation/.test(step))).toEqual(["remove generation-1"]);
    });

    it.each(["haproxy:3.0", "haproxy:3.2"])(
        "to a HAProxy that is killed while the one before leaves starts another one, of %s",
        async image => {
            const front = await frontWith({ leaveMs: 60_000 });
            await applyFront(front.up(), wantedWith("haproxy:3.0"));
            front.generations.find(({ number }) => number === 2)!.state = "exited";
            expect(front.serving()).toEqual([]);
            await applyFront(front.up(), wantedWith(image));
            expect(front.serving()).toEqual(["generation-3"]);
            expect(imagesOf(front)).toEqual(["the anchor's", image]);
        },
    );

    it("goes back while the one before still leaves", async () => {
        const front = await frontWith({ leaveMs: 60_000 });
        await applyFront(front.up(), wantedWith("haproxy:3.0"));
        await applyFront(front.up(), wantedWith("haproxy:3.2"));
        expect(front.serving()).toEqual(["generation-3"]);
    });

    it.each([
        ["is missing", { missing: "nobody has it" }, "nobody has it"],
        [
            "has no haproxy",
            { refusal: "has no program haproxy" },
            "bad:1 has no program haproxy. The front goes on with",
        ],
        ["refuses the configuration", { wanted: "  front.x: no" }, "refuses the configuration. The front goes on with"],
    ])("to an image that %s is refused before anything changes", async (_, image, words) => {
        const front = await frontWith({ images: { "bad:1": image } });
        await expect(applyFront(front.up(), wantedWith("bad:1"))).rejects.toThrow(words);
        expect(front.steps.filter(step => /configure|generation/.test(step))).toEqual([]);
        expect(front.serving()).toEqual(["generation-1"]);
    });

    it.each([
        ["never answers", { isSilent: true }, "remove generation-2", "it has answered no request"],
        ["has another link", { differs: ["the link of web"] }, "generation-2 leaves", "the link of web"],
    ])("to a HAProxy that %s is undone", async (_, image, undo, words) => {
        const front = await frontWith({ images: { "bad:1": image } });
        await expect(applyFront(front.up(), wantedWith("bad:1"))).rejects.toThrow(words);
        expect(front.steps.at(-1)).toBe(undo);
        expect(front.serving()).toEqual(["generation-1"]);
        await applyFront(front.up(), wantedWith("haproxy:3.2"));
        expect(front.generations.map(({ id }) => id)).toEqual(["generation-1"]);
    });

    it("that died anywhere is finished or undone by the next up, and users are served at every step", async () => {
        const first = wantedWith("haproxy:3.2");
        const second = wantedWith("haproxy:3.0");
        for (const leaveMs of [0, 10_000]) {
            const whole = await frontWith({ leaveMs });
            await applyFront(whole.up(), second);
            const { calls } = whole;
            for (let diesAt = 0; diesAt < calls; diesAt++) {
                for (const tookEffect of [false, true]) {
                    for (const next of [first, second]) {
                        const front = await frontWith({ leaveMs });
                        await expect(applyFront(front.up(diesAt, tookEffect), second)).rejects.toThrow(Dead);
                        await applyFront(front.up(), next);
                        const [serving, ...others] = front.serving();
                        expect(others).toEqual([]);
                        const image = front.generations.find(({ id }) => id === serving)?.labels[
                            generationLabels.image
                        ];
                        expect(image ?? "haproxy:3.2").toBe(next.kind.image.name);
                        front.nowMs += 20_000;
                        await applyFront(front.up(), next);
                        expect(front.generations.map(({ id }) => id)).toEqual([serving]);
                    }
                }
            }
        }
    });
});

/** What happens to HAProxy's containers during a hand-over from number 1 to 2. */
const accidents: Record<string, (haproxies: SimulatedHaproxies) => void> = {
    "the old container is killed": haproxies => haproxies.kill(1),
    "the new container is killed": haproxies => haproxies.kill(2),
    "the old HAProxy crashes": haproxies => haproxies.crash(1),
    "the new HAProxy crashes": haproxies => haproxies.crash(2),
    "the Docker daemon starts again": haproxies => haproxies.restartDaemon(),
};

/** Makes an `up` that may fail, but not because it broke a rule of the simulation. */
async function mayFail(up: Promise<void>): Promise<void> {
    await up.catch((error: Error) => expect(error.message).not.toContain("in the simulation"));
}

describe.each(Object.entries(accidents))("a hand-over during which %s", (_, happens) => {
    it.each([
        ["goes on or is undone", undefined],
        ["by an up that dies right after", 3],
    ])("%s, and the next up has one HAProxy of the wanted image", async (_, afterCalls) => {
        const wanted = [wantedWith("haproxy:3.0"), wantedWith("haproxy:3.2")] as const;
        for (const startMs of [0, 2_000]) {
            const whole = await frontWith({ startMs });
            await applyFront(whole.up(), wanted[0]);
            const { calls } = whole;
            for (let at = 0; at < calls; at++) {
                for (const next of wanted) {
                    const front = await frontWith({ startMs });
                    front.accidentAt(at, happens);
                    await mayFail(applyFront(front.up(afterCalls && at + afterCalls), wanted[0]));
                    await applyFront(front.up(), next);
                    front.nowMs += 20_000;
                    await applyFront(front.up(), next);
                    expect(front.serving()).toEqual(front.generations.map(({ id }) => id));
                    expect(imagesOf(front).map(image => (image === "the anchor's" ? "haproxy:3.2" : image))).toEqual([
                        next.kind.image.name,
                    ]);
                }
            }
        }
    });
});

describe("a HAProxy that was told to leave, and has not heard it", () => {
    it.each(["haproxy:3.2", "haproxy:3.0"])("leaves in the next up to %s", async image => {
        const front = await frontWith({ leaveMs: 0 });
        await mayFail(applyFront(front.up(), wantedWith("haproxy:3.0")));
        // Docker has removed the restart policy of number 2, and the `up` has died before the signal.
        Object.assign(front.generations[0]!, { restartPolicy: "no" });
        await applyFront(front.up(), wantedWith(image));
        front.nowMs += 20_000;
        await applyFront(front.up(), wantedWith(image));
        expect(front.serving()).toEqual(["generation-3"]);
        expect(front.generations.map(({ restartPolicy }) => restartPolicy)).toEqual(["always"]);
    });
});

describe("a HAProxy that does not run", () => {
    it("is started with the wanted image, which is tried before where it is not the anchor's", async () => {
        const front = new SimulatedGenerations();
        await applyFront(front.up(), wantedWith("haproxy:3.0"));
        expect(front.steps).toContain("try haproxy:3.0");
        expect(imagesOf(front)).toEqual(["haproxy:3.0"]);
    });
});
