import { nothingObserved, type ObservedColor, type ObservedService } from "../../../model/ObservedService";
import type { PolicySettings } from "../../../model/PolicySettings";
import { type RecordedRelease, type Release, releaseId } from "../../../model/Release";
import { everything, routeText } from "../../../model/Route";
import type { Desired } from "../../../plan/Desired";
import type { Plan } from "../../../plan/Plan";
import { plan } from "../../../plan/table";
import { changedSettings } from "../../../settings/changedSettings";
import { configWith, settingsOf } from "../settings/support";

export const key = Buffer.alloc(32, 7);

/** @returns a release of an image with its own digest, with settings as from the stack config */
export function releaseOf(version: string, service: object = {}, secrets: Record<string, string> = {}): Release {
    const image = `shop/web:${version}`;
    const settings = settingsOf(
        configWith(
            { image, ...service },
            { secrets: Object.fromEntries(Object.entries(secrets).map(([name, value]) => [`web.${name}`, value])) },
        ),
    ).services[0]!;
    const digest = `sha256:${Buffer.from(version.padEnd(32, ".")).toString("hex")}`;
    const release = { image, digest, settings: settings.release, secretValues: settings.secretValues };
    return { ...release, id: idOf(key, release) };
}

/** @returns the id of a release in a stack with this key */
export function idOf(stackKey: Buffer, release: Release): string {
    return releaseId(stackKey, { ...release, settings: changedSettings(release.settings) });
}

/** @returns a release in the record, proved and linked unless the test says otherwise */
export function recorded(version: string, change: Partial<RecordedRelease> = {}): RecordedRelease {
    const release = releaseOf(version);
    return { ...release, id: release.id!, proved: true, linked: true, promotion: 1, ...change };
}

/** A color whose containers all run and are ready. */
export function running(release: RecordedRelease, replicas = 1, change: Partial<ObservedColor> = {}): ObservedColor {
    const whole = { running: replicas, ready: replicas, strays: [], ended: 0, deviations: [] };
    return { release, replicas, ...whole, ...change };
}

/** A color whose containers somebody stopped, down to `left` that run. */
export function stopped(release: RecordedRelease, replicas = 1, left = 0): ObservedColor {
    const names = Array.from({ length: replicas - left }, (_, index) => `web-${index + 1}`);
    const deviations = names.map(name => ({ what: `${name} is stopped`, fix: `docker start ${name}` }));
    return running(release, replicas, { running: left, ready: left, deviations });
}

/** A service `web` with routes for all hosts, whose confirmed link is also HAProxy's. */
export function observed(change: Partial<ObservedService>): ObservedService {
    const live = change.live ?? "none";
    return {
        ...nothingObserved("web"),
        confirmed: live,
        routes: live === "none" ? [] : [everything],
        promotions: 1,
        ...change,
    };
}

/** Blue live with A, green empty. */
export function blueWithA(change: Partial<ObservedService> = {}): ObservedService {
    return observed({ live: "blue", blue: running(recorded("A")), ...change });
}

/** Blue live with B, green warm with A. */
export function blueWithBGreenWarmWithA(change: Partial<ObservedService> = {}): ObservedService {
    return observed({
        live: "blue",
        blue: running(recorded("B", { promotion: 2 })),
        green: running(recorded("A")),
        promotions: 2,
        ...change,
    });
}

export function policyOf(change: Partial<PolicySettings> = {}): PolicySettings {
    // Without a judgement by default, because most plans end before it.
    return { ...settingsOf(configWith()).services[0]!.policy, bakeTimeMs: 0, ...change };
}

/** @returns a config's wish: this version, one replica, all hosts, `live: auto` */
export function wish(
    version: string,
    { policy, ...change }: Partial<Omit<Desired, "policy">> & { policy?: Partial<PolicySettings> } = {},
): Desired {
    return {
        release: releaseOf(version),
        replicas: 1,
        routes: [everything],
        places: { held: {}, wanted: {} },
        live: "auto",
        policy: policyOf(policy),
        ...change,
    };
}

/** @returns each act of a plan in words, without the colors and links that it does not touch */
export function actsOf({ blue, green, link, recovery }: Plan): string[] {
    const color = (name: string, { act, release, replicas, deployed = replicas }: Plan["blue"]) =>
        act ? [`${name}: ${release?.image} x${deployed}`] : [];
    return [
        ...(recovery === undefined ? [] : [`${recovery.kind} to ${recovery.live}`]),
        ...color("blue", blue),
        ...color("green", green),
        ...(link.act ? [`link: ${link.live} for ${link.routes.map(routeText).join(", ")}`] : []),
    ];
}

export { plan };
