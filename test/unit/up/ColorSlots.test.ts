import { describe, expect, it } from "vitest";
import { readMap } from "../../../haproxy/maps";
import type { ServerStat } from "../../../model/FrontState";
import { upOf } from "../../../providers/upOf";
import { ColorSlots } from "../../../up/ColorSlots";
import { policyOf, recorded } from "../plan/support";
import { FakeSession, noProgress, serverAt, workerOf } from "../providers/FakeSession";

const target = {
    color: "green",
    release: recorded("A"),
    block: { first: "10.0.0.1", size: 1 },
    policy: policyOf(),
} as const;

describe("a link that somebody edited in HAProxy's file, which a reload reads", () => {
    async function linkWritten(blue: ServerStat): Promise<string | undefined> {
        const workers = [workerOf("blue", { blue: [blue], green: [serverAt(1, { admin: "maint", up: false })] })];
        const fake = new FakeSession({ workers, files: { "maps/link.map": "web green:blue:0\n" } });
        await new ColorSlots(upOf(fake.session, "web", noProgress), target).configure([]);
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
