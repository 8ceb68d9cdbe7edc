import type { FrontSettings } from "../model/FrontSettings";
import { shareOf } from "../model/Live";
import type { ObservedService } from "../model/ObservedService";
import type { Route } from "../model/Route";
import type { ColorPlan, Plan } from "../plan/Plan";
import { asObserved } from "../plan/unchanged";

/** What `pulumi stack output services` shows of one service. */
export interface ServiceOutputs {
    live: string;
    /** Who else gets a share of the requests: `green 25 %`. */
    share?: string;
    stable: string;
    blue?: ReleaseOutputs;
    green?: ReleaseOutputs;
    /** Where users reach it; none for a worker. */
    url?: string;
    /** Where its idle color is reached, on the Docker host only. */
    previewUrl?: string;
    /** Id of the release that is proved and waits until `promote` names it. */
    awaitingPromotion?: string;
    /** Set while `live` says the color, so that `image` is not applied. */
    pinned?: string;
}

export interface ReleaseOutputs {
    image: string;
    digest: string;
    release?: string;
    replicas: number;
    state: string;
}

/**
 * The outputs of a service: what its plan has brought about, and what was observed where that is nothing.
 * @param plan empty where it was not carried out
 */
export function serviceOutputs(observed: ObservedService, plan: Partial<Plan>, front: FrontSettings): ServiceOutputs {
    const { blue, green, link, row, refusal, awaiting } = { ...asObserved(observed), ...plan };
    const { live, routes } = link;
    const release = (blue.release ?? green.release)?.settings;
    const isWorker = release !== undefined && release.port === undefined;
    const share = shareOf(link);
    return {
        live,
        ...(share === undefined ? {} : { share }),
        // What is refused or has failed has confirmed nothing: its link is not where a rollback goes to.
        stable:
            live === "none" || row === undefined || refusal !== undefined ? (observed.stable?.color ?? "none") : live,
        blue: releaseOutputs(blue),
        green: releaseOutputs(green),
        ...(isWorker
            ? {}
            : {
                  url: publicUrl(front, routes),
                  previewUrl: `http://${observed.name}.localhost:${front.preview.port}`,
              }),
        ...(awaiting === undefined ? {} : { awaitingPromotion: awaiting }),
        ...(row === "pinned" && refusal === undefined ? { pinned: live } : {}),
    };
}

/** Where users reach a service. */
export function publicUrl(front: FrontSettings, routes: Route[]): string {
    const exact = routes.find(({ host }) => !host.startsWith("*"));
    const { host = front.address ?? "localhost", path = "/" } = exact ?? { path: routes[0]?.path };
    const port = front.http.port === 80 ? "" : `:${front.http.port}`;
    return `http://${host}${port}${path === "/" ? "" : path}`;
}

function releaseOutputs({ release, replicas, state }: ColorPlan): ReleaseOutputs | undefined {
    return release && { image: release.image, digest: release.digest, release: release.id, replicas, state };
}
