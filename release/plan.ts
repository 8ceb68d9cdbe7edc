import type { Route } from "../settings/Route";
import type { CanarySettings, CanaryStep, Color, PolicySettings, RollingSettings } from "../settings/Settings";
import { canary, isHeldAtNone } from "./canary";
import { type Drift, findDrift, waysOut } from "./drift";
import type { Places } from "./handovers";
import {
    type CommandHook,
    type Farewell,
    hasTraffic,
    idleColor,
    type Live,
    type ObservedColor,
    type ObservedService,
} from "./Observed";
import type { Release } from "./Release";
import { rerouting } from "./rerouting";
import { roll, type SettledRoll, settleRoll, sharedChanges } from "./rolling";
import { isDeserted, type Prospect, type Recovery, settle } from "./settle";

/** What the user asks for one service. */
export interface Desired {
    release: Release;
    /** Why the image cannot be had, when it cannot. */
    imageProblem?: string;
    replicas: number;
    routes: Route[];
    /** Which service has each place (`placeOf` a route) now, and which one wants it. */
    places: Places;
    live: "auto" | Color;
    /** Id of the release that waits and may take over. */
    promote?: string;
    policy: PolicySettings;
}

/** The rows of the plan table (DESIGN section 4). */
export const planRows = [
    "drift",
    "repair",
    "missingImage",
    "adopt",
    "bootstrap",
    "pinned",
    "judgedBad",
    "nothing",
    "routes",
    "scale",
    "return",
    "wake",
    "finish",
    "waiting",
    "release",
    "canary",
    "roll",
    "recovery",
] as const;

/** Which row of the plan table applies. */
export type PlanRow = (typeof planRows)[number];

/** Whether a color's containers run: `empty` is a color that holds nothing. */
export type ColorState = "running" | "stopped" | "empty";

/** What one color will hold after this `up`, and whether anything has to be done for it. */
export interface ColorPlan {
    release?: Release;
    replicas: number;
    state: ColorState;
    /** False: what is given here is what was observed, and no call is made for it. */
    act: boolean;
    /** Set where it gets there container by container. */
    roll?: RollingSettings;
}

/** Where the link will point after this `up`, and whether anything has to be done for it. */
export interface LinkPlan {
    live: Live;
    /** Share of requests that the color that is not live will have, percent: a canary. @default 0 */
    percent?: number;
    /** Release that the target must run, proved, when the link moves. */
    expect?: string;
    /** Shares that the color gets one after another, before the link moves to it or stays. */
    walk?: Walk;
    routes: Route[];
    act: boolean;
}

/** The way of a new release from its first share of the requests to its last one. */
export interface Walk {
    /** The color that holds it. */
    color: Color;
    steps: CanaryStep[];
    sticky: CanarySettings["sticky"];
}

/** The plan of one service: computed at preview and at `up` alike, so that the preview is the plan. */
export interface Plan {
    row: PlanRow;
    /** One sentence for the user. */
    sentence: string;
    /** What happens in which order, where that is more than the sentence says. */
    steps?: string[];
    /** Why nothing may be done. The service's link throws it, a preview warns. */
    refusal?: string;
    blue: ColorPlan;
    green: ColorPlan;
    link: LinkPlan;
    /** What an `up` that died left to be put right first. */
    recovery?: Recovery;
    /** The previous color of an earlier switch, which its `up` died before it could stop or remove. */
    leave?: { color: Color; farewell: Farewell };
    /** Number of the promotion that this `up` begins or goes on with: it triggers the hooks. None where there is none. */
    promotion?: number;
    /** Hooks that run in this `up` as Commands, once per promotion. */
    hooks: CommandHook[];
    /** Id of the release that is proved after this `up` and then waits until `promote` names it. */
    awaiting?: string;
}

/** Decides what happens to a service. Pure: the same world and the same wish give the same plan. */
export function plan(observed: ObservedService, desired: Desired): Plan {
    const open = settleRoll(observed);
    const { service, recovery } = settle(observed, prospect(observed, desired));
    const decided =
        open === undefined ? recovered(decide(service, desired), recovery) : overRoll(service, open, desired);
    const { lost, formerOwner } = observed;
    return (lost || formerOwner !== undefined) && service.live !== "none" ? adopted(decided, formerOwner) : decided;
}

/** Whatever else is to be done, an open switch is settled first. */
function recovered(decided: Plan, recovery: Recovery | undefined): Plan {
    if (recovery === undefined || decided.recovery !== undefined) {
        return decided;
    }
    const { live, percent = 0 } = recovery;
    const idle = idleColor(live);
    const settled = {
        finish:
            percent > 0
                ? `gives ${idle} the ${percent} % of the requests that an interrupted up began to give it`
                : `finishes the switch to ${live} that an interrupted up began`,
        undo: `takes back the switch that an interrupted up began (link to ${live})`,
        bake: `judges what ${percent > 0 ? idle : live} serves, since that did not come to its end`,
        withdraw: `${idle} gives its share of the requests back, so that ${live} serves all of them`,
    }[recovery.kind];
    return {
        ...decided,
        recovery,
        row: decided.row === "nothing" ? "recovery" : decided.row,
        sentence: decided.row === "nothing" ? `${settled}.` : `first ${settled}; then ${decided.sentence}`,
        link: { ...decided.link, act: true },
    };
}

/**
 * Going back needs no judgement of what is left, and a canary that is no longer wanted has no share. Nothing is judged
 * beside what somebody else changed; an open switch says itself where the link may be.
 */
function prospect(service: ObservedService, desired: Desired): Prospect {
    const isDrifted = service.intent?.kind !== "switch" && driftOf(service, desired).length > 0;
    const held = service[idleColor(service.live)].release;
    const isJudgedBad = held !== undefined && judged(service, held, desired.policy) !== undefined;
    const isJudgedFirst = canaryOf(service, desired) !== undefined && held?.linked === false;
    return {
        leaves: (wantsIdle(service, desired) && !isJudgedFirst) || isDrifted,
        shares: mayShare(service, desired) && !isJudgedBad,
    };
}

/** What is about to lose its users is not worth restoring. */
function driftOf(service: ObservedService, desired: Desired): Drift[] {
    const shares = mayShare(service, desired);
    return findDrift(service).filter(({ color }) => shares || color === undefined || color === service.live);
}

function wantsIdle(service: ObservedService, { live, release }: Desired): boolean {
    const idle = idleColor(service.live);
    return live === "auto" ? same(service[idle].release, release) : live === idle;
}

/** Whether the color that is not live may keep its share of the requests: it holds what is wanted. */
function mayShare(service: ObservedService, desired: Desired): boolean {
    return wantsIdle(service, desired) && !(isHeldAtNone(desired.policy.strategy) && desired.live === "auto");
}

/** A canary that is no longer wanted first gives its share back; its color is idle from then on. */
function withdrawn(service: ObservedService, desired: Desired): Plan {
    const { live, percent } = service;
    const idle = idleColor(live);
    const alone = { ...service, percent: 0, confirmedPercent: 0, sticky: undefined, writtenPercent: undefined };
    const decided = decide(alone, desired);
    if (live === "none" || decided.refusal !== undefined) {
        return refuse(service, decided.row, decided.refusal ?? "nothing is live beside a share");
    }
    if (!isDeserted(service, live, idle)) {
        return recovered(decided, { kind: "withdraw", live, release: service[live].release?.id });
    }
    // What has a share is all that answers users: it keeps it until the live color is back.
    return decided[live].act
        ? { ...decided, link: { ...decided.link, act: true } }
        : refuse(
              service,
              "canary",
              `${live} has no container that is ready, so ${idle} keeps its ${percent} % of the requests. ` +
                  `To give it all of them: pulumi config set --path relink:services.${service.name}.live ${idle}`,
          );
}

/** This stack, or its state, gets to know what runs. That alone touches nothing. */
function adopted(decided: Plan, formerOwner: string | undefined): Plan {
    const adopts =
        formerOwner === undefined
            ? "adopts what runs, which Pulumi's state does not know"
            : `takes over what runs from the stack ${formerOwner}`;
    return decided.row === "nothing"
        ? { ...decided, row: "adopt", sentence: `${adopts}; ${decided.sentence}` }
        : { ...decided, sentence: `${adopts}; then ${decided.sentence}` };
}

/** An interrupted rolling release comes first: it goes on to what is wanted, or it is settled and all else waits. */
function overRoll(observed: ObservedService, open: SettledRoll, desired: Desired): Plan {
    const { service, color, release, settings, kind } = open;
    const decided = decide(service, desired);
    if (decided.row === "drift" || decided.row === "repair") {
        // Restored is what is recorded: the release that it was becoming is not, however much of it is there.
        return decide(observed, desired);
    }
    if (decided.row === "roll" && decided.refusal === undefined) {
        return decided;
    }
    const { refusal } = decided;
    const isWanted = refusal === undefined && decided.link.live === color && same(decided[color].release, release);
    const { replicas, routes } = isWanted
        ? { replicas: decided[color].replicas, routes: decided.link.routes }
        : { replicas: open.replicas, routes: service.routes };
    const { places } = desired;
    const settled = roll(service, { release, replicas, routes, places }, color, settings, asObserved(service));
    const begins = `${kind === "finish" ? "finishes" : "takes back"} an interrupted rolling release`;
    const rest =
        refusal === undefined ? " What the config asks for waits for the next up." : ` Then ${decided.sentence}`;
    return {
        ...settled,
        row: "recovery",
        sentence: `${begins}: ${settled.sentence}${isWanted ? "" : rest}`,
        refusal,
        link: { ...settled.link, act: settled.link.act || refusal !== undefined },
    };
}

function decide(service: ObservedService, desired: Desired): Plan {
    const drift = driftOf(service, desired);
    if (drift.length > 0 && desired.policy.driftPolicy === "repair") {
        return repair(service, drift, desired);
    }
    if (drift.length > 0) {
        const what = drift.map(({ what }) => what).join("; ");
        const ways = waysOut(service.name, drift);
        return refuse(service, "drift", `drift: ${what}. Nothing is changed. To go on: ${ways}`);
    }
    if (service.percent > 0 && !mayShare(service, desired)) {
        return withdrawn(service, desired);
    }
    if (desired.live !== "auto") {
        return pinned(service, desired, desired.live);
    }
    if (desired.imageProblem !== undefined) {
        return refuse(service, "missingImage", desired.imageProblem);
    }
    const wanted = desired.release;
    const judgement = judged(service, wanted, desired.policy);
    if (judgement !== undefined) {
        return refuse(
            service,
            "judgedBad",
            `${wanted.image} was judged bad (${judgement}). Change its image or settings, or set retryToken to try it again`,
        );
    }
    if (service.live === "none") {
        return {
            ...asObserved(service),
            row: "bootstrap",
            sentence: `first release: blue gets ${wanted.image} (${count(desired.replicas)}), is proved, then the link and its routes open.`,
            blue: { release: wanted, replicas: desired.replicas, state: "running", act: true },
            link: { live: "blue", expect: wanted.id, routes: desired.routes, act: true },
            promotion: promotionOf(service, service.blue, wanted),
            hooks: same(service.blue.release, wanted) ? ["prePromotion"] : ["preDeploy", "prePromotion"],
        };
    }
    const live = service[service.live];
    if (same(live.release, wanted)) {
        return stay(service, desired, service.live, live);
    }
    return replace(service, desired, service.live, live) ?? move(service, desired, idleColor(service.live));
}

/** `strategy: rolling`, unless the idle color holds the wanted release already: then moving the link is less. */
function replace(service: ObservedService, desired: Desired, live: Color, color: ObservedColor): Plan | undefined {
    const { release: wanted, policy } = desired;
    const held = color.release;
    if (held === undefined) {
        return undefined;
    }
    if ((held.settings.port === undefined) !== (wanted.settings.port === undefined)) {
        const what = wanted.settings.port === undefined ? "gives up its port" : "gets a port";
        return refuse(service, "roll", `a service that ${what} is another service: give it another name`);
    }
    if (policy.strategy.kind !== "rolling" || same(service[idleColor(live)].release, wanted)) {
        return undefined;
    }
    const shared = sharedChanges(held.settings, wanted.settings);
    return shared.length > 0
        ? refuse(
              service,
              "roll",
              `strategy: rolling cannot change ${shared.join(", ")}, which all containers of ${live} share. ` +
                  "Set strategy: blueGreen for this release",
          )
        : roll(service, desired, live, policy.strategy, asObserved(service));
}

/** Restores what was last confirmed, from the record: never what is wanted now, which may be what is not proved yet. */
function repair(service: ObservedService, drift: Drift[], desired: Desired): Plan {
    const what = drift.map(({ what }) => what).join("; ");
    const { live, confirmed } = service;
    const color = confirmed === "none" ? undefined : service[confirmed];
    if (confirmed === "none" || color?.release === undefined) {
        return refuse(service, "drift", `drift: ${what}. The record holds nothing that could be restored`);
    }
    const relink = live !== confirmed;
    const { image, judgedBad } = color.release;
    if (relink && judgedBad !== undefined) {
        const bad = `The record says ${confirmed}, but ${image} there was judged bad (${judgedBad.reason})`;
        return refuse(service, "drift", `drift: ${what}. Nothing is changed. ${bad}`);
    }
    const isOf = (name: Color) => drift.some(drifted => drifted.color === name);
    const canary = idleColor(confirmed);
    // A canary is begun again, not repaired.
    const shares =
        !relink && service[canary].release?.proved === true && isComplete(service[canary], service[canary].replicas);
    const { confirmedPercent = 0 } = service;
    const percent = shares ? confirmedPercent : 0;
    const givesBack = !relink && confirmedPercent > percent;
    const rewrite = drift.some(({ ofLink }) => ofLink);
    // What a repair that failed has given up is brought back where the link comes back.
    const replicas = relink && color.replicas === 0 ? desired.replicas : color.replicas;
    const isUsable = color.release.proved && isComplete(color, replicas);
    const act = relink ? !isUsable : isOf(confirmed);
    if (act && !relink && service.intent?.kind === "roll") {
        // Of containers of two releases nobody can say which one is in a stranger's place; what is added, it says itself.
        const fixes = drift.flatMap(({ fix }) => (fix === undefined ? [] : [fix])).join("; ");
        const why = "A rolling release was interrupted, and cannot go on beside what is not its own";
        return refuse(service, "drift", `drift: ${what}. ${why}. Nothing is changed. To go on: ${fixes}`);
    }
    const words = [
        ...(act ? [`${confirmed} is brought back to ${count(replicas)} of ${color.release.image}`] : []),
        ...(relink
            ? [`the link moves back ${live} => ${confirmed}`]
            : rewrite
              ? [`the link to ${confirmed} is written again`]
              : []),
        ...(givesBack ? [`${canary} gives its share of the requests back`] : []),
    ];
    return {
        ...asObserved(service),
        row: "repair",
        sentence: `repairs drift (${what}): ${words.join(", then ")}. What the config asks for waits for the next up.`,
        [confirmed]: { release: color.release, replicas, state: "running", act },
        link: {
            live: confirmed,
            ...(percent > 0 ? { percent } : {}),
            expect: relink ? color.release.id : undefined,
            routes: service.routes,
            act: rewrite || givesBack,
        },
    };
}

/** The wanted release is live already: only its number of replicas or its routes may change. */
function stay(service: ObservedService, desired: Desired, live: Color, color: ObservedColor): Plan {
    const base = asObserved(service);
    const rescale = needsScaling(color, desired.replicas);
    const { act: reroute, routes, words: rerouted } = rerouting(service, desired);
    const leave = service.intent?.kind === "leave" ? service.intent : undefined;
    if (!rescale && !reroute && leave === undefined) {
        const waiting = color.ready < color.replicas ? ` (${color.ready} of ${color.replicas} ready)` : "";
        return {
            ...base,
            row: "nothing",
            sentence: `nothing to do: ${live} serves ${desired.release.image}${waiting}${rerouted.map(word => `; ${word}`).join("")}.`,
            link: { ...base.link, routes },
        };
    }
    const scaled = rescale
        ? { [live]: { release: color.release, replicas: desired.replicas, state: "running", act: true } }
        : ({} as Record<string, never>);
    const words = [
        ...(rescale ? [scaling(live, color, desired.replicas)] : []),
        ...rerouted,
        ...(leave ? [`${afterwards(leave.color, leave.farewell)}, which an interrupted up left open`] : []),
    ];
    return {
        ...base,
        ...scaled,
        ...(leave ? { [leave.color]: leftBehind(service[leave.color], leave.farewell) } : {}),
        row: rescale ? "scale" : reroute ? "routes" : "recovery",
        sentence: `${words.join("; ")}; the link stays on ${live}.`,
        link: { ...base.link, routes, act: reroute || leave !== undefined },
        leave,
    };
}

/** Containers beyond the recorded number, stopped ones too, are what an interrupted scaling left. */
function needsScaling(color: ObservedColor, replicas: number): boolean {
    return color.replicas !== replicas || present(color) > replicas || color.ended > 0;
}

function present({ running, slots }: ObservedColor): number {
    return Math.max(running, slots?.length ?? 0);
}

function scaling(name: Color, color: ObservedColor, replicas: number): string {
    if (color.replicas === replicas && color.running < replicas) {
        return `${name} is brought back to ${count(replicas)}, since ${color.ended} of them ended`;
    }
    return color.replicas === replicas
        ? `${name} is brought to ${count(replicas)}, since an interrupted up left ${present(color)}`
        : `${name} is scaled in place from ${color.replicas} to ${count(replicas)}`;
}

/** The link goes to the idle color, which may hold the wanted release already. */
function move(service: ObservedService, asked: Desired, target: Color): Plan {
    const idle = service[target];
    const wanted = asked.release;
    const isNew = !same(idle.release, wanted) || !idle.release.linked;
    const strategy = canaryOf(service, asked);
    // A canary may do with fewer containers until it has all requests.
    const few = strategy === undefined || strategy.promotes ? undefined : strategy.replicas;
    const desired = { ...asked, replicas: (isNew ? few : undefined) ?? asked.replicas };
    const previous = service.live as Color;
    const { previousColor } = desired.policy;
    const base = { ...asObserved(service), [previous]: leftBehind(service[previous], previousColor) };
    const { routes, words, act: reroutes } = rerouting(service, desired);
    const link: LinkPlan = { live: target, expect: wanted.id, routes, act: true };
    const after = [afterwards(previous, previousColor), ...words].join("; ");
    const moves = `the link moves ${service.live} => ${target}${isNew ? judging(desired.policy) : ""}`;
    if (isNew && !desired.policy.autoPromotion && (wanted.id === undefined || desired.promote !== wanted.id)) {
        return wait(service, desired, target);
    }
    if (!same(idle.release, wanted)) {
        return shared(
            {
                ...base,
                row: "release",
                sentence: `${gets(service, desired, target)}, is proved, then ${moves}; ${after}.`,
                [target]: { release: wanted, replicas: desired.replicas, state: "running", act: true },
                link,
                promotion: service.promotions + 1,
                hooks: ["preDeploy", "prePromotion"],
            },
            `${gets(service, desired, target)}, is proved, then`,
        );
    }
    const untouched = idle.release.proved && isComplete(idle, desired.replicas);
    const held: ColorPlan = { release: idle.release, replicas: desired.replicas, state: "running", act: !untouched };
    if (idle.release?.linked) {
        return {
            ...base,
            row: untouched ? "return" : "wake",
            sentence: untouched
                ? `${target} still holds ${wanted.image} and is warm: only ${moves}; ${after}.`
                : `${target} still holds ${wanted.image}: it is brought to ${count(desired.replicas)} and proved, then ${moves}; ${after}.`,
            [target]: held,
            link,
        };
    }
    const begun = untouched
        ? `${target} holds ${wanted.image}, proved:`
        : service.percent > 0
          ? `${target} (${wanted.image}) is brought to ${count(desired.replicas)}, then`
          : `${target} holds ${wanted.image} from an unfinished release: it is finished and proved, then`;
    return shared(
        {
            ...base,
            row: "finish",
            sentence: `${begun} ${moves}; ${after}.`,
            [target]: held,
            link,
            promotion: promotionOf(service, idle, wanted),
            hooks: ["prePromotion"],
        },
        begun,
    );

    /** The same, one share of the requests after another, where the service says so. */
    function shared(whole: Plan, begun: string): Plan {
        return strategy === undefined
            ? whole
            : canary(service, whole, asObserved(service), strategy, reroutes, {
                  begun,
                  judged: judging(desired.policy),
                  after,
                  rerouted: words,
              });
    }
}

/** `autoPromotion: false`: the idle color gets the release and proves it; the link stays until `promote` names it. */
function wait(service: ObservedService, desired: Desired, target: Color): Plan {
    const { release: wanted, replicas } = desired;
    const idle = service[target];
    const base = asObserved(service);
    const { routes, act, words } = rerouting(service, desired);
    const common = {
        ...base,
        link: { ...base.link, routes, act },
        promotion: promotionOf(service, idle, wanted),
        awaiting: wanted.id,
    };
    const untouched = same(idle.release, wanted) && idle.release.proved && isComplete(idle, replicas);
    const goesOn = [`the link stays on ${service.live}`, ...words].join("; ");
    const how =
        wanted.id === undefined
            ? ""
            : ` To promote it: pulumi config set --path 'relink:services.${service.name}.promote' ${wanted.id} && pulumi up`;
    if (untouched) {
        const other = desired.promote === undefined ? "" : ` (promote names another release, ${desired.promote})`;
        return {
            ...common,
            row: "waiting",
            sentence: `${target} holds ${wanted.image}, proved, and waits for promotion${other}; ${goesOn}.${how}`,
        };
    }
    const work: ColorPlan = { release: wanted, replicas, state: "running", act: true };
    return {
        ...common,
        row: same(idle.release, wanted) ? "finish" : "release",
        hooks: same(idle.release, wanted) ? [] : ["preDeploy"],
        sentence: `${gets(service, desired, target)}, is proved, and then waits for promotion; ${goesOn}.${how}`,
        [target]: same(idle.release, wanted) ? { ...work, release: idle.release } : work,
    };
}

/** How a new release gets its users share by share. Beside a color where nobody answers it gets all of them at once. */
function canaryOf(service: ObservedService, { policy: { strategy } }: Desired): CanarySettings | undefined {
    const { live } = service;
    const isAlone = live !== "none" && service[live].ready === 0;
    return strategy.kind !== "canary" || (isAlone && !isHeldAtNone(strategy)) ? undefined : strategy;
}

/** How a new release is judged once it is live. */
function judging({ bakeTimeMs }: PolicySettings): string {
    return bakeTimeMs === 0 ? "" : ` and is judged for ${bakeTimeMs / 1000} s`;
}

/** What a new release does to its color. */
function gets(service: ObservedService, { release, replicas }: Desired, target: Color): string {
    const live = service[service.live as Color];
    return `${target} gets ${release.image}${why(live, release)} (${count(replicas)})`;
}

/** `live: COLOR`: the link goes to what that color holds, whatever `image` says. */
function pinned(service: ObservedService, desired: Desired, target: Color): Plan {
    const color = service[target];
    const release = color.release;
    // One that an interrupted up was starting again was proved before that, and is proved again.
    if (release === undefined || !(release.proved || release.provedAt !== undefined)) {
        const holds = release === undefined ? "holds nothing" : `holds ${release.image}, which was never proved`;
        return refuse(
            service,
            "pinned",
            `live: ${target} cannot be done, since ${target} ${holds}. Remove the key live`,
        );
    }
    const judgement = service.live === target ? undefined : judged(service, release, desired.policy);
    if (judgement !== undefined) {
        return refuse(
            service,
            "judgedBad",
            `live: ${target} cannot be done, since ${release.image} there was judged bad (${judgement}). Remove the key live, or set retryToken to try it again`,
        );
    }
    const base = asObserved(service);
    const ignored = same(release, desired.release) ? "" : `; image ${desired.release.image} is not applied`;
    const moves = service.live !== target;
    const isUsable = release.proved && isComplete(color, desired.replicas);
    const act = moves ? !isUsable : needsScaling(color, desired.replicas);
    const { act: reroute, routes, words: rerouted } = rerouting(service, desired);
    const leave = !moves && service.intent?.kind === "leave" ? service.intent : undefined;
    if (!moves && !act && !reroute && leave === undefined) {
        return {
            ...base,
            row: "pinned",
            sentence: `pinned to ${target}, which serves ${release.image}${ignored}: ${["nothing to do", ...rerouted].join("; ")}.`,
            link: { ...base.link, routes },
        };
    }
    const owed = leave ? `; ${afterwards(leave.color, leave.farewell)}, which an interrupted up left open` : "";
    const how = moves ? `the link moves ${service.live} => ${target}` : `the link stays on ${target}`;
    return {
        ...base,
        row: "pinned",
        sentence: `pinned to ${target} (${release.image})${ignored}: ${act ? `brought to ${count(desired.replicas)}, then ` : ""}${[how, ...rerouted].join("; ")}${owed}.`,
        ...(moves && service.live !== "none"
            ? { [service.live]: leftBehind(service[service.live], desired.policy.previousColor) }
            : {}),
        ...(leave ? { [leave.color]: leftBehind(service[leave.color], leave.farewell) } : {}),
        [target]: { release, replicas: act ? desired.replicas : color.replicas, state: "running", act },
        link: {
            live: target,
            expect: moves ? release.id : undefined,
            routes,
            act: moves || reroute || leave !== undefined,
        },
        leave,
    };
}

/** The plan that leaves everything as it was observed: the base of every other plan, and all of a refusal. */
export function asObserved(service: ObservedService): Pick<Plan, "blue" | "green" | "link" | "hooks"> {
    const keep = (color: ObservedColor): ColorPlan => ({
        release: color.release,
        replicas: color.replicas,
        state: stateOf(color),
        act: false,
    });
    return {
        blue: keep(service.blue),
        green: keep(service.green),
        link: {
            live: service.live,
            ...(service.percent > 0 ? { percent: service.percent } : {}),
            routes: service.routes,
            act: false,
        },
        hooks: [],
    };
}

function stateOf(color: ObservedColor): ColorState {
    if (color.release === undefined) {
        return "empty";
    }
    return color.running > 0 ? "running" : "stopped";
}

/** Exactly the wanted containers, and all of them take traffic when the link comes. */
function isComplete(color: ObservedColor, replicas: number): boolean {
    const { release, running, ready, strays, deviations, slots = [] } = color;
    const isThere = [color.replicas, running, ready, present(color)].every(number => number === replicas);
    // In the middle of a rolling release they are of others too.
    const isOfIt = slots.every(slot => slot.release === release?.id);
    return isThere && isOfIt && strays.length === 0 && deviations.length === 0;
}

/** What the color that loses its traffic will be. The link's resource does it, after the drain. */
function leftBehind(color: ObservedColor, previousColor: PolicySettings["previousColor"]): ColorPlan {
    const release = previousColor === "remove" ? undefined : color.release;
    return {
        release,
        replicas: release === undefined ? 0 : color.replicas,
        state: release === undefined ? "empty" : previousColor === "stop" ? "stopped" : stateOf(color),
        act: false,
    };
}

function refuse(service: ObservedService, row: PlanRow, reason: string): Plan {
    const base = asObserved(service);
    const { live } = service;
    const serves = (["blue", "green"] as const).filter(
        color => hasTraffic(service, color) && service[color].running > 0,
    );
    const goesOn =
        serves.length === 0
            ? "nothing is served"
            : `${serves.join(" and ")} ${serves.length === 1 ? "goes" : "go"} on serving`;
    const state = live === "none" ? "nothing is public yet" : goesOn;
    return {
        ...base,
        row,
        sentence: `refused: ${reason} (${state}).`,
        refusal: reason,
        link: { ...base.link, act: true },
    };
}

function judged(service: ObservedService, wanted: Release, policy: PolicySettings): string | undefined {
    const onColor = [service.blue.release, service.green.release].find(release => same(release, wanted));
    const judgement = onColor?.judgedBad ?? (wanted.id === undefined ? undefined : service.judgedBad[wanted.id]);
    return judgement !== undefined && judgement.retryToken === policy.retryToken ? judgement.reason : undefined;
}

/** An unfinished promotion keeps its number, so that a hook that succeeded is not run twice. */
function promotionOf(service: ObservedService, color: ObservedColor, wanted: Release): number {
    return same(color.release, wanted) ? color.release.promotion : service.promotions + 1;
}

function same<T extends Release>(held: T | undefined, wanted: Release): held is T {
    return held?.id !== undefined && held.id === wanted.id;
}

/** Where the image is the one that is live already, what makes it a new release. */
function why(live: ObservedColor, wanted: Release): string {
    return live.release?.digest === wanted.digest ? " with other settings" : "";
}

function afterwards(previous: Color, previousColor: PolicySettings["previousColor"]): string {
    return {
        keep: `${previous} stays warm`,
        stop: `${previous} is drained and stopped`,
        remove: `${previous} is drained and removed`,
    }[previousColor];
}

function count(replicas: number): string {
    return replicas === 1 ? "1 replica" : `${replicas} replicas`;
}
