import { httpsPortOffset } from "../../model/FrontSettings";
import { isFreePort } from "../../test/support/isFreePort";

/** The front's public ports. https has a fixed distance from http. */
export interface Ports {
    http: number;
    https: number;
    preview: number;
    metrics: number;
}

/**
 * Ports that the user's own stack does not have (80, 8080), below those that the kernel takes for outgoing connections.
 */
const firstHttpPort = 8800;
const step = 10;
const attempts = 50;

/**
 * Chooses ports for a new front: from RELINK_DEMO_PORT on where it is set, else the first free ones.
 *
 * @param isFree whether a port of the Docker host is free
 * @throws Error with the next step, where the wanted ports are taken
 */
export async function choosePorts(asked: string | undefined, isFree = isFreePort): Promise<Ports> {
    if (asked !== undefined) {
        const http = Number(asked);
        if (!Number.isInteger(http) || http < 1 || http > 65_000) {
            throw new Error(`RELINK_DEMO_PORT=${asked} is not a port from 1 to 65000.`);
        }
        const taken = await takenOf(portsFrom(http), isFree);
        if (taken.length > 0) {
            throw new Error(
                `RELINK_DEMO_PORT=${asked}: taken by another program on 127.0.0.1: ${taken.join(", ")}. ` +
                    `The demo needs four ports: ${Object.values(portsFrom(http)).join(", ")}. ` +
                    "Free them, or choose another port, for example:\n" +
                    `    RELINK_DEMO_PORT=${http + 1000} npm run demo`,
            );
        }
        return portsFrom(http);
    }
    for (let attempt = 0; attempt < attempts; attempt += 1) {
        const ports = portsFrom(firstHttpPort + attempt * step);
        if ((await takenOf(ports, isFree)).length === 0) {
            return ports;
        }
    }
    throw new Error(
        `No four free ports from ${firstHttpPort} on. Say which to use:\n    RELINK_DEMO_PORT=20000 npm run demo`,
    );
}

function portsFrom(http: number): Ports {
    return { http, https: http + httpsPortOffset, preview: http + 1, metrics: http + 2 };
}

async function takenOf(ports: Ports, isFree: (port: number) => Promise<boolean>): Promise<string[]> {
    const found = await Promise.all(
        Object.entries(ports).map(async ([what, port]) =>
            (await isFree(port)) ? undefined : `port ${port} (${what})`,
        ),
    );
    return found.filter(text => text !== undefined);
}
