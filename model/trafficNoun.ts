import type { ObservedService } from "./ObservedService";
import type { Release } from "./Release";
import { chosenUsersPercent } from "./Share";

/** What users send to a service: connections to a TCP service, requests to every other one. */
export type TrafficNoun = "requests" | "connections";

/** @param isTcp undefined counts as false */
export function nounOf(isTcp: boolean | undefined): TrafficNoun {
    return isTcp === true ? "connections" : "requests";
}

/** @returns one of them: `request`, `connection` */
export function singular(noun: TrafficNoun): "request" | "connection" {
    return noun === "connections" ? "connection" : "request";
}

/** @returns what a release gets; `requests` without a release */
export function trafficOf(release: Pick<Release, "settings"> | undefined): TrafficNoun {
    return nounOf(release?.settings.protocol === "tcp");
}

/** @returns what a service gets. A live service does not change between the two. */
export function trafficTo({ live, blue, green }: Pick<ObservedService, "live" | "blue" | "green">): TrafficNoun {
    const colors = live === "green" ? [green, blue] : [blue, green];
    return trafficOf(colors.find(({ release }) => release !== undefined)?.release);
}

/** @returns what a share gets, in words: `25 % of the requests` */
export function trafficText(percent: number, noun: TrafficNoun, whose: "the" | "its" = "the"): string {
    return percent === chosenUsersPercent ? `${noun} of chosen users alone` : `${percent} % of ${whose} ${noun}`;
}
