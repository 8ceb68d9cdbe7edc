import { Duration } from "../model/Duration";
import { defaults } from "../model/defaults";
import type { Live } from "../model/Live";
import { parseRoute } from "../model/Route";
import type { LinkAction } from "../up/LinkAction";
import { relink } from "../up/relink";
import { type LastPolicy, unlink } from "../up/unlink";
import { linkObserved, readBack } from "./observed";
import { progressFor } from "./progress";
import { requireOwnPlaces } from "./requireOwnPlaces";
import { acts, type CommonInputs, check, failedCreate, incarnationOf, resourceId } from "./resource";
import { Session } from "./Session";
import { upOf } from "./upOf";

/** Inputs of a service's link: the color that users reach, and the routes. */
export interface LinkInputs extends CommonInputs<LinkAction> {
    service: string;
    /** The color that users reach. */
    link: Live;
    /** The other color's share of the requests: `green 25 %`. @default it gets none */
    share?: string;
    /** The service's routes, as {@link routeText} writes them. */
    routes: string[];
}

/** The switch: the color of a service that users reach, and the service's routes. */
export const link = {
    check,

    async create(inputs: LinkInputs) {
        const session = Session.for(inputs.__target);
        const { linkIncarnation = 0 } = await session.record(inputs.service, record => ({
            ...record,
            linkIncarnation: (record.linkIncarnation ?? 0) + 1,
        }));
        const id = resourceId(`${inputs.__target.front}/${inputs.service}`, linkIncarnation);
        try {
            if (acts(undefined, inputs)) {
                await move(session, inputs);
            }
        } catch (error) {
            throw failedCreate(id, inputs, error);
        }
        return { id, outs: inputs };
    },

    async update(_id: string, olds: LinkInputs, news: LinkInputs) {
        const session = Session.for(news.__target);
        await (acts(olds, news) ? move(session, news) : session.lease.inherit());
        return { outs: news };
    },

    async read(id: string, props: LinkInputs) {
        return readBack(id, props, await linkObserved(Session.for(props.__target), props.service));
    },

    async delete(id: string, props: LinkInputs) {
        const session = Session.for(props.__target);
        const up = upOf(session, props.service, progressFor(props.__urn));
        await unlink(up, incarnationOf(id), lastDrain(props));
    },
};

async function move(session: Session, inputs: LinkInputs): Promise<void> {
    const { service, link: to, share, routes, __plan: action } = inputs;
    if (action === undefined) {
        throw new Error(`${service}: the plan for its link has no action. This is a bug in relink; please report it.`);
    }
    const wish = { to, isShared: share !== undefined, routes: routes.map(parseRoute) };
    if (action.refusal === undefined) {
        await session.lease.take(action.policy.lockTimeoutMs);
        await requireOwnPlaces(session, service, wish.routes);
    }
    await relink(upOf(session, service, progressFor(inputs.__urn)), wish, action);
}

/** @returns how `destroy` waits for open requests. It cuts them at the end, whatever `onDrainTimeout` says. */
function lastDrain({ __plan: action }: LinkInputs): LastPolicy {
    return {
        drainTimeoutMs: action?.policy.drainTimeoutMs ?? Duration.millisecondsOf(defaults.drainTimeout),
        progressDeadlineMs: action?.policy.progressDeadlineMs ?? Duration.millisecondsOf(defaults.progressDeadline),
        onDrainTimeout: "close",
        lockTimeoutMs: action?.policy.lockTimeoutMs,
    };
}
