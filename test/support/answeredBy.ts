import { expectNoLoss, startLoad } from "./load";

/** Sends so many requests. @returns how many of them a version answered @throws Error where one is lost */
export async function answeredBy(url: string, version: string, requests: number): Promise<number> {
    const load = await startLoad({
        url,
        connections: 12,
        mix: { newConnection: 1 },
        maxRequests: requests,
        answeredBy: { services: ["web"] },
    });
    try {
        await load.finished;
        const result = await load.stop();
        expectNoLoss(result, { atLeast: requests, allowed: ["maxRequests"] });
        return result.byVersion[version]?.requests ?? 0;
    } finally {
        load.kill();
    }
}
