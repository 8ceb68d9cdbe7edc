import { describe, expect, it } from "vitest";
import type { FrontAccess } from "../../../front/FrontAccess";
import { ServiceFront } from "../../../front/ServiceFront";
import type { BackendStat, Worker } from "../../../model/FrontState";
import { LinkValue } from "../../../model/LinkValue";
import { openText } from "../../../up/OpenRequests";

/** A soft-stopped worker that leads the service to blue, and has this many connections there. */
function frontWith(isTcp: boolean, scur: number): ServiceFront {
    const server = { slot: 1, scur, qcur: 0 };
    const backend = { ...(isTcp && { isTcp: true }), scur, qcur: 0, servers: new Map([[1, server]]) };
    const worker = (old: boolean, link: LinkValue, backend: unknown) =>
        ({
            old,
            links: new Map([["cache", link]]),
            backends: new Map([["cache-blue", backend as BackendStat]]),
        }) as unknown as Worker;
    const idle = { ...backend, scur: 0, servers: new Map([[1, { ...server, scur: 0 }]]) };
    const workers = [worker(true, LinkValue.to("blue"), backend), worker(false, LinkValue.to("green"), idle)];
    return new ServiceFront({ observe: async () => ({ front: { workers } }) } as unknown as FrontAccess, "cache");
}

describe("a soft-stopped worker that still leads to a color", () => {
    it("counts as a request, because its connections may bring more of them", async () => {
        expect(await frontWith(false, 0).open("blue", [1])).toEqual({ requests: 0, pinnedWorkers: 1, isLinked: false });
    });

    it("counts by the connections of a TCP service that it has, because it takes no more", async () => {
        expect(await frontWith(true, 0).open("blue", [1])).toMatchObject({ requests: 0, pinnedWorkers: 0 });
        const open = await frontWith(true, 2).open("blue", [1]);
        expect(open).toMatchObject({ requests: 2, pinnedWorkers: 0 });
        expect(openText(open)).toBe("2 open connections");
    });
});
