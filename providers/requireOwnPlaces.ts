import { parseRoutes } from "../haproxy/routes";
import { isOwn } from "../model/ownership";
import { placeOf, type Route, routeText } from "../model/Route";
import { currentWorkers } from "../model/World";
import { PlanOutdated } from "../up/PlanOutdated";
import type { Session } from "./Session";

/**
 * Refuses a route that an `up` of another stack has opened since the plan was made. Only the holder of the lease may ask: the
 * answer holds as long as it has the lease.
 * @throws PlanOutdated
 */
export async function requireOwnPlaces(session: Session, service: string, routes: readonly Route[]): Promise<void> {
    const held = (await session.recorded(service)).routes.map(routeText);
    const opening = routes.filter(route => !held.includes(routeText(route))).map(placeOf);
    if (opening.length === 0) {
        return;
    }
    const [worker] = currentWorkers((await session.observe([])).front);
    const records = await session.allRecorded();
    for (const { route, service: holder } of parseRoutes(worker?.routes ?? new Map())) {
        const record = records.get(holder);
        if (record !== undefined && !isOwn(record, session.target) && opening.includes(placeOf(route))) {
            throw new PlanOutdated(
                `${service}: ${placeOf(route)} leads to the service ${holder} of ` +
                    `${record.stack === undefined ? "the stack that owns the front" : `the stack ${record.stack}`} since the plan was made. ` +
                    "Nothing was switched and no route has opened. Choose other hosts or paths, and run pulumi up again",
            );
        }
    }
}
