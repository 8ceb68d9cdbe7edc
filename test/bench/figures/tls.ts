import { besideHandMade, connections, latencyFigure, ratesFigure } from "../besideHandMade";
import type { Measurement } from "../Figure";

/** Throughput over TLS beside an HAProxy with a minimal configuration: on kept connections, and with a handshake for each request. */
export const tls: Measurement = {
    name: "tls",
    seconds: 200,
    async measure(say) {
        const { kept, handshakes } = await besideHandMade(
            { kept: { tls: true }, handshakes: { tls: true, newConnections: true } },
            say,
        );
        const beside = "through the front / through HAProxy with a hand-written minimal configuration";
        const same = "wrk over TLS 1.3 with an elliptic key (P-256) on both sides, in front of the same two containers";
        return {
            figures: [
                ratesFigure(kept, `TLS requests/s ${beside}`, `${same}; ${connections} kept connections`),
                latencyFigure(kept, `TLS p99 ${beside}`),
                ratesFigure(
                    handshakes,
                    `new TLS handshakes/s ${beside}`,
                    `${same}; each request opens a connection, and no session is resumed`,
                    "handshakes/s",
                ),
            ],
        };
    },
};
