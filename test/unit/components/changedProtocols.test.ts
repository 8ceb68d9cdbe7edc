import { describe, expect, it } from "vitest";
import { changedProtocols } from "../../../components/changedProtocols";
import type { Live } from "../../../model/Live";
import { emptyRecord } from "../../../model/Record";
import type { World } from "../../../model/World";
import { recorded } from "../plan/support";
import { configWith, settingsOf } from "../settings/support";

const http = settingsOf(configWith());
const tcp = settingsOf(configWith({ protocol: "tcp", listen: { port: 6379 } }));
const h2c = settingsOf(configWith({ protocol: "h2c" }));

/** @returns a world whose service web has these settings in blue */
function worldWith(held: typeof http, live: Live): World {
    const settings = held.services[0]!.release;
    const record = {
        ...emptyRecord("web"),
        link: { live },
        blue: { release: "A", replicas: 1 },
        releases: { A: recorded("A", { settings }) },
    };
    const services = new Map([["web", record]]);
    return { containers: [], generations: [], records: { services, frontIncarnation: 0 } };
}

const problemsOf = (held: typeof http, wanted: typeof http, live: Live = "blue") =>
    changedProtocols(wanted, worldWith(held, live)).map(({ path, fix }) => `${path.join(".")}: ${fix}`);

describe("a live service that changes between HTTP and TCP", () => {
    it("is refused, with the way back", () => {
        expect(problemsOf(http, tcp)).toEqual([
            "services.web.protocol: pulumi config rm --path 'relink:services.web.protocol'",
        ]);
        expect(problemsOf(tcp, http)).toEqual([
            "services.web.protocol: pulumi config set --path 'relink:services.web.protocol' tcp",
        ]);
        expect(problemsOf(h2c, tcp)).toHaveLength(1);
    });

    it("is not one that stays what it is, or that was never live", () => {
        expect(problemsOf(tcp, tcp)).toEqual([]);
        expect(problemsOf(http, h2c)).toEqual([]);
        expect(problemsOf(http, tcp, "none")).toEqual([]);
    });
});
