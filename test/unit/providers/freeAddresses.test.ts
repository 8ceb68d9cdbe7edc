import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AddressBlock } from "../../../model/addresses";
import { emptyRecord, type ServiceRecord } from "../../../model/Record";
import { withFreeAddresses } from "../../../providers/freeAddresses";
import type { Session } from "../../../providers/Session";
import type { DeploymentAction } from "../../../up/DeploymentAction";
import { FakeEngine } from "../docker/FakeEngine";
import { policyOf } from "../plan/support";

const planned = { block: { first: "10.88.0.32", size: 16 }, otherBlock: { first: "10.88.0.48", size: 16 } };
const network = { Id: "1", Name: "front", Driver: "bridge", IPAM: { Config: [{ Subnet: "10.88.0.0/20" }] } };

let engine: FakeEngine;
beforeEach(async () => {
    engine = await FakeEngine.start(() => [200, network]);
});
afterEach(() => engine.close());

/** @param others blocks that a service of another stack has by now */
async function settled(own: Partial<ServiceRecord>, ...others: AddressBlock[]) {
    const [blue, green] = others.map(block => ({ replicas: 1, block }));
    const other = { ...emptyRecord("other"), ...(blue && { blue }), ...(green && { green }) };
    const web = { ...emptyRecord("web"), ...own };
    const taken: number[] = [];
    const session = {
        target: { project: "shop", stack: "pr-12", front: "front", uses: true },
        engine: engine.engine,
        lease: { take: async (waitMs: number) => void taken.push(waitMs) },
        recorded: async () => web,
        allRecorded: async () => new Map([other, web].map(record => [record.service, record])),
    } as unknown as Session;
    const action = { ...planned, policy: { ...policyOf(), lockTimeoutMs: 5_000 } } as unknown as DeploymentAction;
    const { block, otherBlock } = await withFreeAddresses(session, { service: "web", color: "blue" }, action);
    expect(taken).toEqual([5_000]);
    return { block, otherBlock };
}

describe("the addresses of a plan", () => {
    it("stay where no other stack has taken them", async () => {
        expect(await settled({})).toEqual(planned);
        expect(await settled({}, { first: "10.88.0.64", size: 16 })).toEqual(planned);
    });

    it("stay where the color has them already", async () => {
        const own = { blue: { replicas: 1, block: planned.block } };
        expect(await settled(own, { first: "10.88.0.40", size: 2 })).toEqual(planned);
    });

    it("become others where another stack has taken one of them since the plan was made", async () => {
        expect(await settled({}, planned.block, planned.otherBlock)).toEqual({
            block: { first: "10.88.0.64", size: 16 },
            otherBlock: { first: "10.88.0.80", size: 16 },
        });
        expect(await settled({}, { first: "10.88.0.63", size: 1 })).toEqual({
            block: { first: "10.88.0.32", size: 16 },
            otherBlock: { first: "10.88.0.64", size: 16 },
        });
    });
});
