import { randomInt } from "node:crypto";
import { httpsPortOffset } from "../../model/FrontSettings";
import { isFreePort } from "./isFreePort";

// Below the range from which the kernel takes ports for outgoing connections: the load client uses thousands of those.
const lowest = 20_000;
const highest = 32_000;

export interface StackPorts {
    http: number;
    https: number;
    preview: number;
    metrics: number;
}

/** @returns ports of 127.0.0.1 on which nothing listens now */
export async function findFreePorts(): Promise<StackPorts> {
    for (let attempt = 0; attempt < 100; attempt += 1) {
        const http = randomInt(lowest, highest);
        const ports = { http, https: http + httpsPortOffset, preview: http + 1, metrics: http + 2 };
        const free = await Promise.all(Object.values(ports).map(isFreePort));
        if (free.every(Boolean)) {
            return ports;
        }
    }
    throw new Error(`no free ports between ${lowest} and ${highest}`);
}
