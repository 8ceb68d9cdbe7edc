import { frontFindings } from "../look/frontFindings";
import { observedService } from "../look/observedService";
import type { Color } from "../model/Color";
import { hasTraffic } from "../model/Live";
import type { World } from "../model/World";
import { findDrift } from "../plan/drift";
import { progressFor } from "./progress";
import type { Session } from "./Session";

// What `pulumi refresh` and `--refresh` show. The output `observed` says what differs from how relink left it. A warning on the
// resource's row says it too, because a refresh counts only changed inputs (CLI 3.230). The inputs stay, so that Pulumi plans
// nothing by them: relink's plan looks by itself.

/** @returns a resource's properties as they were, with what was observed to differ, if anything */
export function readBack<Props extends { __urn: string }>(id: string, props: Props, observed: string | undefined) {
    const { observed: _before, ...rest } = props as Props & { observed?: string };
    if (observed === undefined) {
        return { id, props: rest };
    }
    progressFor(props.__urn).warn(`not as relink left it: ${observed}`);
    return { id, props: { ...rest, observed } };
}

/** @returns what differs about a service's link; undefined where nothing does */
export function linkObserved(session: Session, service: string): Promise<string | undefined> {
    return look(session, world =>
        findDrift(observedService(world, service))
            .filter(({ ofLink }) => ofLink)
            .map(({ what }) => what),
    );
}

/** @returns what differs about a color. An idle color that does not run counts as right: a release starts it when needed. */
export function colorObserved(session: Session, service: string, color: Color): Promise<string | undefined> {
    return look(session, world => {
        const observed = observedService(world, service);
        const { confirmed, [color]: seen } = observed;
        const isIdle = !hasTraffic(observed, color) && confirmed !== color;
        return isIdle && seen.running === 0 ? [] : seen.deviations.map(({ what }) => what);
    });
}

/** @returns what differs about the front */
export function frontObserved(session: Session): Promise<string | undefined> {
    return look(session, frontFindings);
}

async function look(session: Session, find: (world: World) => string[]): Promise<string | undefined> {
    const found = find(await session.observeOnce());
    return found.length === 0 ? undefined : found.join("; ");
}
