import { Broken } from "../life/Broken";
import { removeService } from "../life/destroy";
import type { Faults } from "../life/Faults";
import { noFaults } from "../life/Faults";
import { checkPlan } from "../life/planRules";
import { serviceUp, startFront } from "../life/pulumiUp";
import { SimulatedProcess, SimulatedUp } from "../life/SimulatedUp";
import type { House, Name } from "./House";
import { desiredIn, type HouseWish, heldPlaces, servicesOf, wishOf } from "./HouseWish";
import { routesText } from "./requests";

/** What goes wrong in an `up` of several services. */
export interface HouseFaults {
    /** In which service. */
    of: Name;
    faults: Faults;
}

/** One `up` of several services, in one process. */
export class HouseUp {
    readonly process = new SimulatedProcess();
    /** The services of the config. */
    readonly ups: SimulatedUp[];
    /** Services that the config no longer has. */
    readonly removed: SimulatedUp[];
    /** The routes when this was planned. */
    readonly routes: string;

    constructor(
        readonly house: House,
        readonly wish: HouseWish,
        { of, faults }: HouseFaults = { of: "web", faults: noFaults },
    ) {
        this.routes = routesText(house);
        const wanted = servicesOf(wish);
        const held = heldPlaces(house);
        const { order, connections } = faults;
        const begin = (name: Name) => {
            const own = name === of ? faults : { ...noFaults, order, connections };
            const desired = desiredIn(held, wish, name);
            return new SimulatedUp(house.worlds[name], desired, own, wishOf(wish, name), this.process);
        };
        this.ups = wanted.map(begin);
        this.removed = house.known.filter(name => !wanted.includes(name)).map(begin);
        for (const up of this.ups) {
            checkPlan(up);
            isNoDrift(up);
        }
    }

    get all(): SimulatedUp[] {
        return [...this.ups, ...this.removed];
    }

    /** What is planned, in one sentence a service. */
    get sentence(): string {
        const planned = this.ups.map(({ world, made }) => `${world.service}: ${made.sentence}`);
        return [...planned, ...this.removed.map(({ world }) => `${world.service} is removed`)].join(" ");
    }

    /** The resources of all services at the same time; then the services go that the config no longer has. */
    async run(): Promise<void> {
        const [first] = this.all;
        if (first === undefined) {
            return;
        }
        try {
            if (this.house.host.haproxy.memory === undefined) {
                await startFront(first);
            }
            const results = await Promise.allSettled(this.ups.map(serviceUp));
            const failed = results.find(result => result.status === "rejected");
            if (failed !== undefined) {
                throw failed.reason;
            }
            await Promise.all(this.removed.map(removeService));
        } finally {
            first.giveBack();
        }
    }
}

/**
 * Nobody changes anything by hand in a house.
 * @throws {@link Broken}
 */
function isNoDrift({ made: { row, sentence } }: SimulatedUp): void {
    if (row === "drift" || row === "repair") {
        throw new Broken(`what an up has left is taken for a change by hand: ${sentence}`);
    }
}
