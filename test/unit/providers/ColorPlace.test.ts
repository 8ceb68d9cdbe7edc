import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ColorPlace } from "../../../providers/ColorPlace";
import { FakeEngine } from "../docker/FakeEngine";
import { policyOf, recorded } from "../release/support";
import { containerOf, FakeSession, noProgress, serverAt, workerOf } from "./FakeSession";

const a = recorded("A");

let engine: FakeEngine;
let fake: FakeSession;
beforeEach(async () => {
    // What Docker is asked for is a step among the others.
    engine = await FakeEngine.start(({ method, path }) => {
        fake.steps.push(`${method} ${path}`);
        return [204, ""];
    });
});
afterEach(() => engine.close());

describe("containers of a color that are removed", () => {
    it("have their slots closed in every worker before they are stopped", async () => {
        const workers = [1, 2].map(pid => workerOf("blue", { pid, blue: [serverAt(1)] }));
        fake = new FakeSession({ record: { releases: { [a.id]: a } }, workers, engine: engine.engine });
        const place = new ColorPlace(fake.session, "web", "blue", a, { policy: policyOf() } as never, noProgress);
        await place.remove([containerOf("blue", 1, a.id)]);
        expect(fake.steps).toEqual([
            "web-blue/1 of worker 1: maint",
            "web-blue/1 of worker 2: maint",
            "POST /containers/blue-1/update",
            "POST /containers/blue-1/stop",
            "DELETE /containers/blue-1",
        ]);
    });
});
