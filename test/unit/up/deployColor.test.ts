import { afterEach, describe, expect, it } from "vitest";
import type { ContainerInfo } from "../../../model/Container";
import type { RecordedColor } from "../../../model/Record";
import type { ColorDeployment } from "../../../up/ColorDeployment";
import { deployColor } from "../../../up/deployColor";
import { policyOf, recorded } from "../plan/support";
import { containerOf } from "../providers/FakeSession";
import { type WebInMemory, webInMemory } from "./webInMemory";

const [a, b] = [recorded("A"), recorded("B", { proved: false, linked: false })];
const block = { first: "10.0.0.1", size: 3 };
const policy = policyOf({ minHealthyTimeMs: 50, healthyDeadlineMs: 2_000 });

let web: WebInMemory;
afterEach(() => web.close());

/** Deploys one color while blue is live with these containers of A. */
async function deployed(
    deployment: Pick<ColorDeployment, "color" | "release" | "replicas">,
    {
        blue = { replicas: 1 },
        held = [servingA(1)],
        onStart = () => ({ state: "running" }),
    }: {
        blue?: RecordedColor;
        held?: ContainerInfo[];
        onStart?: () => Partial<ContainerInfo>;
    } = {},
) {
    const link = { live: "blue", release: a.id } as const;
    const record = { link, blue: { release: a.id, block, ...blue }, releases: { [a.id]: a } };
    web = await webInMemory(record, held, deployment);
    web.containers.onStart = onStart;
    const work = { ...deployment, block, policy, restore: false, hooks: {}, kind: "deploy" } as const;
    const error = await deployColor(web.up, work).then(
        () => undefined,
        (error: Error) => error.message,
    );
    return { steps: web.steps(), error, record: web.fake.web };
}

const exited = () => ({ state: "exited", status: "exited with code 1" }) as const;
const servingA = (slot: number) => containerOf("blue", slot, a.id, { imageId: a.imageId });

describe("a color without users", () => {
    it("is recorded, written to HAProxy with closed slots, started, proved, kept running, and recorded as proved", async () => {
        const { steps, error, record } = await deployed({ color: "green", release: b, replicas: 1 });
        expect(error).toBeUndefined();
        expect(steps).toEqual([
            "recorded: link blue, open: nothing",
            "conf/20-web-green.cfg: all closed",
            `file maps/releases.map: web-green ${b.id}`,
            `releases of worker 1: web-green ${b.id}`,
            "create green-1",
            "start green-1",
            "web-green/1 of worker 1: maint",
            "web-green/1 of worker 1: drain",
            "web-green/1 of worker 1: ready",
            "asked",
            "asked",
            "keep green-1 running",
            "conf/20-web-green.cfg: slot-1",
            "web-green/1 of worker 1: ready",
            "recorded: link blue, open: nothing",
        ]);
        expect(record.green).toMatchObject({ release: b.id, replicas: 1 });
        expect(record.releases[b.id]).toMatchObject({ proved: true, provedAt: "2026-01-01T00:00:00.000Z" });
    });

    it("keeps a container that could not be proved for its logs, with its slot closed, and is not proved", async () => {
        const { steps, error, record } = await deployed(
            { color: "green", release: b, replicas: 1 },
            { onStart: exited },
        );
        expect(error).toContain("front-web-green-1 exited with code 1");
        expect(error).toContain("nothing was switched; the stopped containers are kept for their logs");
        expect(steps.slice(-2)).toEqual(["web-green/1 of worker 1: maint", "stop green-1 within 10 s"]);
        expect(record.releases[b.id]).toMatchObject({ proved: false });
    });
});

describe("a color with users", () => {
    it("gets one more container whose slot is closed until it is proved, and the other slots stay open", async () => {
        const { steps, error } = await deployed({ color: "blue", release: a, replicas: 2 });
        expect(error).toBeUndefined();
        expect(steps.filter(step => !/^(recorded|asked|file maps)/.test(step))).toEqual([
            "conf/20-web-blue.cfg: slot-1",
            `releases of worker 1: web-blue ${a.id}`,
            "web-blue/1 of worker 1: ready",
            "web-blue/2 of worker 1: maint",
            "create blue-2",
            "start blue-2",
            "web-blue/2 of worker 1: maint",
            "web-blue/2 of worker 1: drain",
            "web-blue/2 of worker 1: ready",
            "keep blue-1 running",
            "keep blue-2 running",
            "conf/20-web-blue.cfg: slot-1, slot-2",
            "web-blue/1 of worker 1: ready",
            "web-blue/2 of worker 1: ready",
        ]);
    });

    it("loses one container whose slot is closed first in the file, then drained, before the container stops", async () => {
        const blue = { replicas: 2 };
        const { steps, error, record } = await deployed(
            { color: "blue", release: a, replicas: 1 },
            { blue, held: [servingA(1), servingA(2)] },
        );
        expect(error).toBeUndefined();
        const from = steps.indexOf("keep blue-1 running");
        expect(steps.slice(from).filter(step => !step.startsWith("recorded"))).toEqual([
            "keep blue-1 running",
            "conf/20-web-blue.cfg: slot-1",
            `releases of worker 1: web-blue ${a.id}`,
            "web-blue/1 of worker 1: ready",
            "web-blue/2 of worker 1: drain",
            "the requests on web-blue/2 end",
            "web-blue/2 of worker 1: maint",
            "stop blue-2 within 10 s",
            "remove blue-2",
            "web-blue/1 of worker 1: ready",
        ]);
        expect(record.blue).toMatchObject({ replicas: 1 });
    });

    it("keeps the containers that serve if one more cannot be proved, and removes that one", async () => {
        const { steps, error, record } = await deployed(
            { color: "blue", release: a, replicas: 2 },
            { onStart: exited },
        );
        expect(error).toContain("blue goes on serving as before.");
        expect(steps.slice(-3)).toEqual(["web-blue/2 of worker 1: maint", "stop blue-2 within 10 s", "remove blue-2"]);
        expect(record.blue).toMatchObject({ replicas: 1 });
    });
});
