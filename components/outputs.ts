import { renewAfter } from "../model/Certificate";
import { type FrontSettings, httpsPort } from "../model/FrontSettings";
import { shareOf } from "../model/Live";
import type { ObservedService } from "../model/ObservedService";
import type { RecordedCertificate } from "../model/RecordedCertificate";
import type { Route } from "../model/Route";
import type { ColorPlan, Plan } from "../plan/Plan";
import { asObserved } from "../plan/unchanged";

/** What `pulumi stack output services` shows of one service. */
export interface ServiceOutputs {
    live: string;
    /** The other color with its share of the requests, `green 25 %`; unset without a canary. */
    share?: string;
    stable: string;
    blue?: ReleaseOutputs;
    green?: ReleaseOutputs;
    /** Where users reach it; unset for a background service, and for one that only the stack's own containers reach. */
    url?: string;
    /** Where the stack's own containers reach it. @default they do not */
    internalUrl?: string;
    /** Address of its idle color, on the Docker host only; unset for a TCP service too. */
    previewUrl?: string;
    /** Id of the release that is proved and waits until `promote` names it. */
    awaitingPromotion?: string;
    /** The color, while `live` names one and `image` is not applied. */
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
 * @param plan empty when it was not carried out
 * @param internal whether the stack's own containers reach the service by its name
 * @returns the outputs of a service: what its plan has brought about, else what was observed
 */
export function serviceOutputs(
    observed: ObservedService,
    plan: Partial<Plan>,
    front: FrontSettings,
    internal = false,
): ServiceOutputs {
    const { blue, green, link, row, refusal, awaiting } = { ...asObserved(observed), ...plan };
    const { live, routes } = link;
    const release = (blue.release ?? green.release)?.settings;
    const isBackground = release !== undefined && release.port === undefined;
    const share = shareOf(link);
    return {
        live,
        ...(share === undefined ? {} : { share }),
        // A plan that was refused or failed has confirmed no link. A rollback does not go to its color.
        stable:
            live === "none" || row === undefined || refusal !== undefined ? (observed.stable?.color ?? "none") : live,
        blue: releaseOutputs(blue),
        green: releaseOutputs(green),
        ...(isBackground
            ? {}
            : {
                  ...(internal && routes.length === 0 ? {} : { url: publicUrl(front, routes) }),
                  ...(internal ? { internalUrl: `http://${observed.name}/` } : {}),
                  ...(release?.protocol === "tcp" ? {} : { previewUrl: previewUrl(front, observed.name) }),
              }),
        ...(awaiting === undefined ? {} : { awaitingPromotion: awaiting }),
        ...(row === "pinned" && refusal === undefined ? { pinned: live } : {}),
    };
}

/** @returns the URL at which the Docker host reaches the idle color of a service. */
export function previewUrl({ preview }: FrontSettings, service: string): string {
    return `http://${service}.localhost:${preview.port}`;
}

/** @returns the URL at which users reach a service. */
export function publicUrl(front: FrontSettings, routes: Route[]): string {
    const tcp = routes.find(({ tcpPort, host }) => tcpPort !== undefined && !host.startsWith("*.")) ?? routes[0];
    if (tcp?.tcpPort !== undefined) {
        return `tcp://${tcp.host.startsWith("*") ? (front.address ?? "localhost") : tcp.host}:${tcp.tcpPort}`;
    }
    const forAll = routes.filter(({ headers, ownPort }) => headers === undefined && ownPort === undefined);
    const exact = [...forAll, ...routes].find(({ host }) => !host.startsWith("*"));
    const { host = front.address ?? "localhost", path = "/" } = exact ?? { path: routes[0]?.path };
    const [scheme, at, usual] =
        front.https === undefined ? ["http", front.http.port, 80] : ["https", httpsPort(front), 443];
    const port = at === usual ? "" : `:${at}`;
    return `${scheme}://${host}${port}${path === "/" ? "" : path}`;
}

/** What `pulumi stack output certificates` shows of one certificate. Times are ISO 8601. */
export interface CertificateOutputs {
    hosts: string[];
    notAfter: string;
    /** When it should be renewed. */
    renewAfter: string;
}

/**
 * @param recorded the certificates that relink got itself
 * @returns the outputs of the front's certificates by name; undefined without HTTPS
 */
export function certificateOutputs(
    { https }: FrontSettings,
    recorded: ReadonlyMap<string, RecordedCertificate>,
): Record<string, CertificateOutputs> | undefined {
    if (https === undefined) {
        return undefined;
    }
    const given = https.certificates.map(certificate => {
        const { name, hosts, notAfter } = certificate;
        return [name, { hosts, notAfter, renewAfter: renewAfter(certificate) }] as const;
    });
    const own = https.managed.flatMap(({ name }) => {
        const issued = recorded.get(name)?.issued;
        return issued === undefined
            ? []
            : [[name, { hosts: issued.hosts, notAfter: issued.notAfter, renewAfter: issued.renewAfter }] as const];
    });
    return Object.fromEntries([...given, ...own]);
}

function releaseOutputs({ release, replicas, state }: ColorPlan): ReleaseOutputs | undefined {
    return release && { image: release.image, digest: release.digest, release: release.id, replicas, state };
}
