import { SimulatedHaproxy } from "../life/SimulatedHaproxy";
import { SimulatedHost } from "../life/SimulatedHost";
import { SimulatedWorld } from "../life/SimulatedWorld";
import { Snapshot } from "../life/Snapshot";

/** Names of the services that a house can have. */
export const names = ["web", "api", "admin"] as const;

export type Name = (typeof names)[number];

/** Several services behind one front. */
export class House {
    constructor(
        readonly host = new SimulatedHost(new SimulatedHaproxy(names)),
        readonly worlds = Object.fromEntries(
            names.map((name, index) => [name, new SimulatedWorld(host, name, index)]),
        ) as Record<Name, SimulatedWorld>,
    ) {}

    clone(): House {
        const host = this.host.clone();
        const { web, api, admin } = this.worlds;
        return new House(host, { web: web.clone(host), api: api.clone(host), admin: admin.clone(host) });
    }

    /** The services that are there, or of which something is left. */
    get known(): Name[] {
        return names.filter(name => {
            const { record, containers, front } = this.worlds[name];
            const { link, slots } = front.files;
            const isLeft = containers.length > 0 || link !== undefined || slots.blue || slots.green;
            return isLeft || record.blue.release !== undefined || record.green.release !== undefined;
        });
    }

    /** All that could change. */
    snapshot(): Snapshot {
        return new Snapshot(...names.map(name => this.worlds[name]));
    }

    /** Time passes. */
    tick(): void {
        this.host.haproxy.tick();
        for (const name of names) {
            this.worlds[name].tick();
        }
    }
}
