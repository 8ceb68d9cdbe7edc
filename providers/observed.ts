import { frontFindings } from "../look/frontFindings";
import { observedService } from "../look/observedService";
import type { Color } from "../model/Color";
import { hasTraffic } from "../model/Live";
import type { World } from "../model/World";
import { findDrift } from "../plan/drift";
import { progressFor } from "./progress";
import type { Session } from "./Session";

// What `pulumi refresh` and `--refresh` show: the output `observed` says what is not as relink left it, and so does a
// warning on the resource's row, since a refresh counts only inputs as changes (CLI 3.230). Inputs stay as they are, so that
// nothing is planned from it; the plan looks by itself.

/** The properties of a resource as they were, with what was observed to differ, if anything. */
export function readBack<Props extends { __urn: string }>(id: string, props: Props, observed: string | undefined) {
    const { observed: _before, ...rest } = props as Props & { observed?: string };
    if (observed === undefined) {
        return { id, props: rest };
    }
    progressFor(props.__urn).warn(`not as relink left it: ${observed}`);
    return { id, props: { ...rest, observed } };
}

/** What differs about the link of a service. */
export function linkObserved(session: Session, service: string): Promise<string | undefined> {
    return look(session, world =>
        findDrift(observedService(world, service))
            .filter(({ ofLink }) => ofLink)
            .map(({ what }) => what),
    );
}

/** What differs about a color. An idle color that does not run is no news: what needs it starts it. */
export function colorObserved(session: Session, service: string, color: Color): Promise<string | undefined> {
    return look(session, world => {
        const observed = observedService(world, service);
        const { confirmed, [color]: seen } = observed;
        const isIdle = !hasTraffic(observed, color) && confirmed !== color;
        return isIdle && seen.running === 0 ? [] : seen.deviations.map(({ what }) => what);
    });
}

/** What differs about the front. */
export function frontObserved(session: Session): Promise<string | undefined> {
    return look(session, frontFindings);
}

async function look(session: Session, find: (world: World) => string[]): Promise<string | undefined> {
    const found = find(await session.observeOnce());
    return found.length === 0 ? undefined : found.join("; ");
}
