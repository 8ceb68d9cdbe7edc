import { z } from "zod";
import { defaults } from "../model/defaults";
import { httpsSchema, redirectStatus } from "./https";
import { image } from "./image";
import { duration, listOf, port, textLike, withDefault } from "./leaves";
import { tcpPort } from "./listen";
import { address, dockerNamePattern, network, subnet } from "./names";
import { previewSecretSha256 } from "./previewSecret";
import { publicRulesShape } from "./publicRules";

/** @returns the default of `name`, which the schema cannot have: it is made from project and stack */
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

/** HAProxy's timeouts. `haproxy -c` accepts the defaults without a warning. */
const timeouts = z
    .strictObject({
        connect: withDefault("5s", duration),
        client: withDefault("50s", duration),
        server: withDefault("50s", duration),
        httpRequest: withDefault("10s", duration),
        httpKeepAlive: withDefault("15s", duration),
        queue: withDefault("10s", duration),
        tunnel: withDefault("1h", duration),
        clientFin: withDefault("10s", duration),
        serverFin: withDefault("10s", duration),
        check: withDefault("5s", duration),
    })
    .prefault({});

export const frontSchema = z.strictObject({
    use: textLike(dockerNamePattern, frontNameExpectation).optional(),
    name: textLike(dockerNamePattern, frontNameExpectation).optional().meta({ default: "PROJECT-STACK" }),
    image: withDefault("haproxy:3.2", image),
    address: address("192.0.2.10").optional().meta({ default: "all addresses" }),
    network: z.strictObject({ subnet: subnet.optional().meta({ default: "a free /20" }) }).prefault({}),
    http: z
        .strictObject({
            port: withDefault(defaults.httpPort, port),
            redirectToHttps: redirectStatus.optional(),
        })
        .prefault({}),
    https: httpsSchema.optional(),
    preview: z
        .strictObject({ port: withDefault(8090, port), secretSha256: previewSecretSha256.optional() })
        .prefault({}),
    metrics: z.strictObject({ port: withDefault(8404, port) }).prefault({}),
    tcpPorts: listOf(tcpPort).prefault([]),
    trustedProxies: listOf(network).prefault([]),
    ...publicRulesShape,
    timeouts,
});
