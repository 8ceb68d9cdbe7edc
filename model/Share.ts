/**
 * The share of a canary that shares out no request, percent: it gets the users alone whom `match` chooses. It lies between
 * 0, which is no canary, and 1, the smallest weight.
 */
export const chosenOnly = 0.5;

/** @returns a share in words, `25 %` */
export function shareText(percent: number): string {
    return percent === chosenOnly ? "chosen users" : `${percent} %`;
}

/** @returns the requests of a share in words, `25 % of the requests` */
export function requestsText(percent: number, whose: "the" | "its" = "the"): string {
    return percent === chosenOnly ? "requests of chosen users alone" : `${percent} % of ${whose} requests`;
}
