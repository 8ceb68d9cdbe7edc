import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { DeploymentInputs } from "../../../providers/Deployment";
import { Roll } from "../../../up/Roll";
import { RollingDeployment } from "../../../up/RollingDeployment";
import { FakeEngine } from "../docker/FakeEngine";
import { policyOf, recorded } from "../plan/support";
import { containerOf, FakeSession, Listener, noProgress, serverAt, workerOf } from "../providers/FakeSession";

const [a, b] = [recorded("A"), recorded("B", { linked: false })];

let engine: FakeEngine;
let listener: Listener;
beforeEach(async () => {
    engine = await FakeEngine.start(() => [200, { SystemTime: "2026-01-01T00:00:00Z" }]);
    listener = await Listener.start({ color: "blue", release: b.id });
});
afterEach(async () => {
    vi.restoreAllMocks();
    await Promise.all([engine.close(), listener.close()]);
});

describe("a rolling release that is done", () => {
    it("notes what HAProxy has counted by then: the errors of a release before it are not its own", async () => {
        const worker = workerOf("blue", { startedAt: 7, blue: [serverAt(1)] });
        Object.assign(worker.backends.get("web-blue")!, {
            responses: 1_000,
            asked: 900,
            failed: 800,
            averageResponseMs: 5,
        });
        const block = { first: "10.0.0.1", size: 2 };
        const fake = new FakeSession({
            record: {
                link: { live: "blue", release: a.id },
                blue: { release: a.id, replicas: 1, block, liveSince: {} },
                releases: { [a.id]: a, [b.id]: b },
            },
            workers: [worker],
            containers: [containerOf("blue", 1, b.id)],
            engine: engine.engine,
            listener,
        });
        // Every container is of the new release.
        vi.spyOn(Roll.prototype, "run").mockResolvedValue(undefined);
        const inputs = { service: "web", color: "blue", replicas: 1 } as DeploymentInputs;
        const action = { block, policy: policyOf(), hooks: {} } as never;
        await new RollingDeployment(fake.session, inputs, b, action, {} as never, noProgress).run();
        expect(fake.web.blue).toMatchObject({
            release: b.id,
            liveSince: { "1/1/7": { responses: 1_000, asked: 900, failed: 800, averageResponseMs: 5 } },
        });
    });
});
