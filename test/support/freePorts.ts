import { randomInt } from "node:crypto";
import { once } from "node:events";
import * as net from "node:net";

/** https is published this much above http (80 and 443, 8080 and 8443). */
const httpsOffset = 363;
// Below the range from which the kernel takes ports for outgoing connections: the load client uses thousands of those.
const lowest = 20_000;
const highest = 32_000;

export interface StackPorts {
    http: number;
    https: number;
    preview: number;
    metrics: number;
}

/** Ports on 127.0.0.1 that nobody listens on now. */
export async function findFreePorts(): Promise<StackPorts> {
    for (let attempt = 0; attempt < 100; attempt += 1) {
        const http = randomInt(lowest, highest);
        const ports = { http, https: http + httpsOffset, preview: http + 1, metrics: http + 2 };
        const free = await Promise.all(Object.values(ports).map(isFree));
        if (free.every(Boolean)) {
            return ports;
        }
    }
    throw new Error(`no free ports between ${lowest} and ${highest}`);
}

async function isFree(port: number): Promise<boolean> {
    const server = net.createServer();
    try {
        server.listen(port, "127.0.0.1");
        await once(server, "listening");
        server.close();
        await once(server, "close");
        return true;
    } catch {
        return false;
    }
}
