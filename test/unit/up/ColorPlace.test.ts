import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readMap } from "../../../haproxy/maps";
import type { ServerStat } from "../../../model/FrontState";
import { ColorPlace } from "../../../up/ColorPlace";
import { FakeEngine } from "../docker/FakeEngine";
import { policyOf, recorded } from "../plan/support";
import { containerOf, FakeSession, noProgress, serverAt, workerOf } from "../providers/FakeSession";

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

describe("a link that somebody edited in HAProxy's file, which a reload reads", () => {
    const block = { first: "10.0.0.1", size: 1 };

    async function linkWritten(blue: ServerStat): Promise<string | undefined> {
        const workers = [workerOf("blue", { blue: [blue], green: [serverAt(1, { admin: "maint", up: false })] })];
        fake = new FakeSession({ workers, files: { "maps/link.map": "web green:blue:0\n" } });
        const place = new ColorPlace(fake.session, "web", "green", a, { policy: policyOf(), block }, noProgress);
        await place.configure([], a.id);
        return readMap(fake.files, "link").get("web");
    }

    it("takes no users from where they are answered, while the other color is brought back", async () => {
        expect(await linkWritten(serverAt(1))).toBe("blue:green:0");
    });

    it.each([
        { state: "no container is up", blue: serverAt(1, { up: false }) },
        { state: "no slot is open", blue: serverAt(1, { admin: "maint" }) },
    ])("stays where $state", async ({ blue }) => {
        expect(await linkWritten(blue)).toBe("green:blue:0");
    });
});
