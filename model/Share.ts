/**
 * The share of a canary that shares out no request, percent: it gets the users alone whom `match` chooses. It lies between
 * 0, which is no canary, and 1, the smallest weight.
 */
export const chosenOnly = 0.5;

/** @returns a share in words, `25 %` */
export function shareText(percent: number): string {
    return percent === chosenOnly ? "chosen users" : `${percent} %`;
}
