import { z } from "zod";
import { image } from "./image";
import { duration, listOf, port, textLike } from "./leaves";
import { address, dockerNamePattern, network, subnet } from "./names";

/** `name` has no default in the schema since it is made from project and stack. */
export function defaultFrontName(project: string, stack: string): string {
    return `${project}-${stack}`;
}

export function isFrontName(name: string): boolean {
    return dockerNamePattern.test(name);
}

export const frontNameExpectation = {
    wanted: "a Docker name of 2 to 63 letters, digits, _ . and - that starts with a letter or digit",
    example: "NAME",
};

/** HAProxy's timeouts: values from practice, checked with `haproxy -c`. */
const timeouts = z
    .strictObject({
        connect: duration("5s").prefault("5s"),
        client: duration("50s").prefault("50s"),
        server: duration("50s").prefault("50s"),
        httpRequest: duration("10s").prefault("10s"),
        httpKeepAlive: duration("15s").prefault("15s"),
        queue: duration("10s").prefault("10s"),
        tunnel: duration("1h").prefault("1h"),
        clientFin: duration("10s").prefault("10s"),
        serverFin: duration("10s").prefault("10s"),
        check: duration("5s").prefault("5s"),
    })
    .prefault({});

export const frontSchema = z.strictObject({
    name: textLike(dockerNamePattern, frontNameExpectation).optional().meta({ default: "PROJECT-STACK" }),
    image: image("haproxy:3.2").prefault("haproxy:3.2"),
    address: address("192.0.2.10").optional().meta({ default: "all addresses" }),
    network: z.strictObject({ subnet: subnet.optional().meta({ default: "a free /20" }) }).prefault({}),
    http: z.strictObject({ port: port(80).prefault(80) }).prefault({}),
    preview: z.strictObject({ port: port(8090).prefault(8090) }).prefault({}),
    metrics: z.strictObject({ port: port(8404).prefault(8404) }).prefault({}),
    trustedProxies: listOf(network).prefault([]),
    timeouts,
});
