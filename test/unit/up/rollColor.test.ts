import { afterEach, describe, expect, it } from "vitest";
import type { ContainerInfo } from "../../../model/Container";
import type { RollingSettings } from "../../../model/StrategySettings";
import type { RollingDeployment } from "../../../up/RollingDeployment";
import { rollColor } from "../../../up/rollColor";
import { policyOf, recorded } from "../plan/support";
import { containerOf } from "../providers/FakeSession";
import { type WebInMemory, webInMemory } from "./webInMemory";

const [a, b] = [recorded("A"), recorded("B", { proved: false, linked: false })];
const block = { first: "10.0.0.1", size: 4 };
const policy = policyOf({ minHealthyTimeMs: 50, healthyDeadlineMs: 2_000 });
const settings: RollingSettings = {
    step: 1,
    order: "startFirst",
    gracePeriodMs: 0,
    healthcheckTimeoutMs: 2_000,
    waitMs: 0,
    waitAfterHealthyMs: 0,
    preStopIn: "container",
    preStopWaitUntilUnhealthy: false,
};

let web: WebInMemory;
afterEach(() => web.close());

/** Rolls blue, which is live with A in slot 1, to B. */
async function rolled(
    change: Partial<RollingDeployment> = {},
    { answering = b, prepare = () => {} }: { answering?: typeof b; prepare?: (web: WebInMemory) => void } = {},
) {
    const record = {
        link: { live: "blue", release: a.id } as const,
        blue: { release: a.id, replicas: 1, block, liveSince: {} },
        releases: { [a.id]: a },
    };
    const answers = { color: "blue", release: answering } as const;
    web = await webInMemory(record, [containerOf("blue", 1, a.id, { imageId: a.imageId })], answers);
    prepare(web);
    const deployment = { color: "blue", release: b, replicas: 1, block, policy, settings, hooks: {} } as const;
    const error = await rollColor(web.up, { ...deployment, ...change }).then(
        () => undefined,
        (error: Error) => error.message,
    );
    return { steps: web.steps(), error, record: web.fake.web };
}

describe("a rolling release", () => {
    it("proves the new container first, then takes the old one from file and memory, drains it, and only then removes it", async () => {
        const { steps, error } = await rolled();
        expect(error).toBeUndefined();
        expect(steps).toEqual([
            "recorded: link blue, open: roll",
            "conf/20-web-blue.cfg: slot-1",
            "web-blue/1 of worker 1: ready",
            "web-blue/2 of worker 1: maint",
            "create blue-2",
            "start blue-2",
            "web-blue/2 of worker 1: maint",
            "web-blue/2 of worker 1: drain",
            "asked",
            "web-blue/2 of worker 1: ready",
            "asked",
            "asked",
            "keep blue-2 running",
            "conf/20-web-blue.cfg: slot-2",
            "web-blue/2 of worker 1: ready",
            "web-blue/1 of worker 1: drain",
            "the requests on web-blue/1 end",
            "web-blue/1 of worker 1: maint",
            "stop blue-1 within 10 s",
            "remove blue-1",
            `file maps/releases.map: web-blue ${b.id}`,
            `releases of worker 1: web-blue ${b.id}`,
            "web-blue/2 of worker 1: ready",
            "web-blue/2 of worker 1: ready",
            "asked",
            "recorded: link blue, open: nothing",
        ]);
    });

    it("records HAProxy's counters at its end, so that it does not get the errors of a release before it", async () => {
        const counted = { responses: 1_000, asked: 900, failed: 800, averageResponseMs: 5 };
        const { record } = await rolled(
            {},
            {
                prepare({ fake: { workers } }) {
                    Object.assign(workers[0]!, { startedAt: 7 });
                    Object.assign(workers[0]!.backends.get("web-blue")!, counted);
                },
            },
        );
        expect(record.blue).toMatchObject({ release: b.id, slots: [2], liveSince: { "1/1/7": counted } });
    });

    it("is taken back if a new container cannot be proved, and the old one serves all the time", async () => {
        const exited = (container: ContainerInfo): Partial<ContainerInfo> =>
            container.labels["relink.release"] === b.id ? { state: "exited", status: "exited with code 1" } : {};
        const { steps, error, record } = await rolled(
            {},
            {
                prepare: ({ containers }) => {
                    containers.onStart = exited;
                },
            },
        );
        expect(error).toContain("exited with code 1");
        expect(error).toContain("blue goes on serving shop/web:A as before.");
        expect(steps.filter(step => /blue-?\/?1|file/.test(step) && !step.endsWith(": ready"))).toEqual([
            `file maps/releases.map: web-blue ${a.id}`,
        ]);
        expect(record).toMatchObject({ intent: undefined, blue: { release: a.id, replicas: 1 } });
    });

    it("stops if the preStopCommand of an old container fails, and lets that one serve again", async () => {
        const preStop = { ...settings, preStopCommand: "bye" };
        const { steps, error } = await rolled(
            { settings: preStop },
            {
                prepare: ({ containers }) => {
                    containers.exitCode = 1;
                },
            },
        );
        expect(error).toContain("preStopCommand for front-web-blue-1 ended with exit code 1");
        const from = steps.indexOf("bye in blue-1");
        expect(steps.slice(from + 1, from + 4)).toEqual([
            "conf/20-web-blue.cfg: slot-1, slot-2",
            "web-blue/1 of worker 1: ready",
            "web-blue/2 of worker 1: ready",
        ]);
        expect(steps).not.toContain("stop blue-1 within 10 s");
    });
});
