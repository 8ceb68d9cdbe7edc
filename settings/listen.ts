import { z } from "zod";
import { leaf, listOf, wholeNumber } from "./leaves";
import { host } from "./names";

/** The ports above are those inside the front for the ports that HAProxy has no right to (front/listeners.ts). */
const lastTcpPort = 64_000;

/** A host that a client names by TLS. `*` is not one: without `sni`, the service has all connections of its port. */
const sniHost = leaf({ wanted: 'a DNS name, or "*.example.com"', example: "db.example.com" }, raw => {
    const { success, data } = host.safeParse(raw);
    return success && data !== "*" ? data : undefined;
});

/** A port of the Docker host for TCP services. */
export const tcpPort = wholeNumber(1, lastTcpPort, 6379);

/** Where a TCP service gets its connections. */
export const listenSchema = z.strictObject({
    port: tcpPort,
    sni: listOf(sniHost).optional(),
});
