import type { FrontTimeouts } from "../../model/FrontSettings";

/** Timeouts of a front whose test is not about them. */
export const frontTimeouts: FrontTimeouts = {
    connectMs: 5000,
    clientMs: 50_000,
    serverMs: 50_000,
    httpRequestMs: 10_000,
    httpKeepAliveMs: 15_000,
    queueMs: 10_000,
    tunnelMs: 3_600_000,
    clientFinMs: 10_000,
    serverFinMs: 10_000,
    checkMs: 5000,
};
