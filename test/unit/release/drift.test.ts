import { describe, expect, it } from "vitest";
import { findDrift } from "../../../release/drift";
import { blueWithA, blueWithBGreenWarmWithA, observed, recorded, running, stopped } from "./support";

const whats = (service: Parameters<typeof findDrift>[0]) => findDrift(service).map(({ what }) => what);

describe("drift", () => {
    it("is not there where everything is as recorded", () => {
        expect(findDrift(blueWithBGreenWarmWithA())).toEqual([]);
        expect(findDrift(observed({}))).toEqual([]);
    });

    it("is a link that differs from the last confirmed one, and then nothing else is judged", () => {
        const service = blueWithA({ live: "green", confirmed: "blue", green: stopped(recorded("B")) });
        expect(whats(service)).toEqual(["HAProxy links it to green, but the last confirmed link is blue"]);
    });

    it("is a live container that does not run", () => {
        expect(whats(blueWithA({ blue: stopped(recorded("A"), 2) }))).toEqual([
            "0 of 2 containers of the live color blue are running",
        ]);
    });

    it("is a container of another release on the live color", () => {
        expect(findDrift(blueWithA({ blue: running(recorded("A"), 1, { strays: ["shop-web-blue-2", "x"] }) }))).toEqual(
            [
                {
                    what: "the live color blue has containers that are not of its release: shop-web-blue-2, x",
                    fix: "remove them: docker rm -f shop-web-blue-2 x",
                },
            ],
        );
    });

    it("is all of that at once", () => {
        const blue = running(recorded("A"), 2, { running: 1, strays: ["x"] });
        expect(whats(blueWithA({ blue }))).toHaveLength(2);
    });

    it("is not a container that runs and is not ready: checks are HAProxy's business", () => {
        expect(findDrift(blueWithA({ blue: running(recorded("A"), 2, { ready: 0 }) }))).toEqual([]);
    });

    it("is not a container too many: an interrupted scaling left it", () => {
        expect(findDrift(blueWithA({ blue: running(recorded("A"), 1, { running: 3 }) }))).toEqual([]);
    });

    it("is not what happens on the idle color", () => {
        const green = stopped(recorded("A"), 2);
        expect(findDrift(blueWithBGreenWarmWithA({ green: { ...green, strays: ["x"] } }))).toEqual([]);
    });
});
