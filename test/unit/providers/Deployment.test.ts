import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type DeploymentInputs, deployment } from "../../../providers/Deployment";
import { Session } from "../../../providers/Session";
import { FakeEngine } from "../docker/FakeEngine";
import { policyOf, recorded } from "../plan/support";
import { containerOf, FakeSession, workerOf } from "./FakeSession";

const a = recorded("A");
/** The name of an image that relink has pulled for the service. */
const pulled = "relink-pulled/web:front-0123456789ab-0123456789abcdef";

let engine: FakeEngine;
beforeEach(async () => {
    engine = await FakeEngine.start(({ path }) =>
        path.startsWith("/images/") ? [200, [{ Id: "sha256:1", RepoTags: [pulled] }]] : [204, ""],
    );
});
afterEach(async () => {
    vi.restoreAllMocks();
    await engine.close();
});

/** The color blue, which holds A and is the second creation of its resource. */
function blue(live: "blue" | "none"): DeploymentInputs {
    const fake = new FakeSession({
        record: { link: { live }, blue: { release: a.id, replicas: 1, incarnation: 2 }, releases: { [a.id]: a } },
        workers: [workerOf(live)],
        containers: [containerOf("blue", 1, a.id)],
        engine: engine.engine,
    });
    vi.spyOn(Session, "for").mockReturnValue(fake.session);
    const { image, digest, settings } = a;
    const plan = { from: "another world", replicas: 1, policy: policyOf(), hooks: {}, settings };
    const inputs = { service: "web", color: "blue", image, digest, release: a.id, __target: fake.target, __plan: plan };
    return { ...inputs, revision: 1 } as unknown as DeploymentInputs;
}

describe("a color", () => {
    it("is not touched by a stale plan", async () => {
        const inputs = blue("blue");
        await expect(deployment.update("", { ...inputs, revision: 0 }, inputs)).rejects.toThrow("the plan is stale");
        expect(engine.asked).toEqual([]);
    });

    it("is not deleted while users reach it", async () => {
        await expect(deployment.delete("front/web/blue#2", blue("blue"))).rejects.toThrow("blue is linked");
        expect(engine.asked).toEqual([]);
    });

    it("is not deleted with a resource that another one has replaced", async () => {
        await deployment.delete("front/web/blue#1", blue("none"));
        expect(engine.asked).toEqual([]);
    });

    // Docker refuses to remove an image that a container uses, and no later up would try again.
    it("is deleted with its containers, which lose their restart policy first, and then with its images", async () => {
        await deployment.delete("front/web/blue#2", blue("none"));
        expect(engine.asked).toEqual([
            "POST /containers/blue-1/update",
            "POST /containers/blue-1/stop",
            "DELETE /containers/blue-1",
            "GET /images/json",
            `DELETE /images/${pulled}`,
            "DELETE /images/sha256:1",
        ]);
    });
});
