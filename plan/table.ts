import type { Color } from "../model/Color";
import { idleColor } from "../model/Live";
import type { ObservedColor, ObservedService } from "../model/ObservedService";
import { count } from "../model/words";
import type { Desired } from "./Desired";
import { waysOut } from "./drift";
import { judged, promotionOf, same } from "./held";
import { move } from "./move";
import type { Plan, Recovery } from "./Plan";
import { pinned } from "./pinned";
import { driftOf, mayShare, prospect } from "./prospect";
import { repair } from "./repair";
import { roll, type SettledRoll, settleRoll, sharedChanges } from "./rolling";
import { isDeserted, settle } from "./settle";
import { stay } from "./stay";
import { asObserved, refuse } from "./unchanged";

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
    // As many as were begun: with more, one that is complete would not be any more, should this die on the way.
    const { replicas } = open;
    const routes = isWanted ? decided.link.routes : service.routes;
    const isAll = isWanted && decided[color].replicas === replicas;
    const { places } = desired;
    const settled = roll(service, { release, replicas, routes, places }, color, settings, asObserved(service));
    const begins = `${kind === "finish" ? "finishes" : "takes back"} an interrupted rolling release`;
    const rest =
        refusal === undefined ? " What the config asks for waits for the next up." : ` Then ${decided.sentence}`;
    return {
        ...settled,
        row: "recovery",
        sentence: `${begins}: ${settled.sentence}${isAll ? "" : rest}`,
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
