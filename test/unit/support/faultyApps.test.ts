import { afterEach, describe, expect, it } from "vitest";
import { badForUsers, breakable, errorsOfSick, flapping, sickInTraffic, slowForUsers } from "../../support/faultyApps";
import { expectNoLoss, type LoadResult } from "../../support/load";
import { planLoad } from "../../support/load/LoadOptions";
import { LocalLoad } from "../../support/load/LocalLoad";
import { type Program, startFaultyApp } from "../load/startProgram";

const requests = 12;
let app: Program;
afterEach(() => app.process.kill());

async function loadOn(program: string): Promise<LoadResult> {
    app = await startFaultyApp(program, { RELINK_SERVICE: "web" });
    const load = new LocalLoad(
        planLoad({
            url: app.url,
            connections: 4,
            mix: { post: 1, newConnection: 1, slow: 1 },
            maxRequests: requests,
            answeredBy: { services: ["web"] },
        }),
    );
    await load.settled;
    return load.stop();
}

describe("The faulty apps name themselves and the request in each answer", () => {
    it.each(Object.entries({ flapping, breakable, slowForUsers, sickInTraffic }))(
        "%s: users get good answers",
        async (_name, program) => {
            expectNoLoss(await loadOn(program), { atLeast: requests, allowed: ["maxRequests"] });
        },
    );

    it("badForUsers: each answer to users is an error of the app, and its health check passes", async () => {
        const result = await loadOn(badForUsers);
        expect(result.failuresByVersion).toEqual({ sick: { "5xx": requests } });
        expectNoLoss(result, { atLeast: requests, allowed: ["maxRequests", ...errorsOfSick] });
        expect((await fetch(`${app.url}/healthz`)).status).toBe(200);
    });
});
