import { expect } from "vitest";
import { answeredBy } from "./answeredBy";
import { isFull } from "./isFull";
import { containersOf } from "./scenario";
import type { TestStack } from "./stack";

/** Expects that a version answers this share of many requests, within 4 sigma. */
export async function expectShare(
    version: string,
    percent: number,
    { url }: TestStack,
    requests = isFull ? 10_000 : 1_000,
): Promise<void> {
    const found = await answeredBy(url, version, requests);
    console.log(`${percent} %: ${found} of ${requests} requests were answered by ${version}`);
    const share = percent / 100;
    const sigma = Math.sqrt(requests * share * (1 - share));
    expect(Math.abs(found - requests * share)).toBeLessThanOrEqual(4 * sigma);
}

/** @returns how many containers blue and green have */
export async function countsOf(of: TestStack): Promise<number[]> {
    const colors = await Promise.all((["blue", "green"] as const).map(color => containersOf(of, color)));
    return colors.map(containers => containers.length);
}
