import { besideHandMade, connections, grouped, latencyFigure, ratesFigure } from "../besideHandMade";
import type { Measurement } from "../Figure";

/** Throughput of relink's HAProxy and of one with a minimal configuration, in front of the same containers. */
export const throughputs: Measurement = {
    name: "throughput",
    seconds: 130,
    async measure(say) {
        const { plain } = await besideHandMade({ plain: { tls: false } }, say);
        const note =
            `wrk, one thread, ${connections} kept connections, two containers that cost next to nothing; wrk, HAProxy and they ` +
            "share the machine's cores, which is the limit: one container alone answers " +
            `${grouped(plain.direct.requestsPerSecond)} requests/s`;
        const beside = "through the front / through HAProxy with a hand-written minimal configuration";
        return {
            figures: [ratesFigure(plain, `requests/s ${beside}`, note), latencyFigure(plain, `p99 ${beside}`)],
        };
    },
};
