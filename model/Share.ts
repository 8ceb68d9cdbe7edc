/**
 * Stands in the place of a share, percent, for a canary that gets the chosen users alone (`match`) and no other request. Records
 * hold it. It lies between 0, which is no canary, and 1, the smallest weight, so that any share is greater.
 */
export const chosenUsersPercent = 0.5;

/** @returns a share in words, `25 %` */
export function shareText(percent: number): string {
    return percent === chosenUsersPercent ? "chosen users" : `${percent} %`;
}
