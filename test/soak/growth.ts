import { keptMoves } from "../../model/linkHistory";
import { median } from "../support/median";
import type { Measure, Usage } from "./Usage";

/** Course of one measure over a run. */
export interface Growth {
    measure: Measure;
    first: number;
    last: number;
    highest: number;
    /** Rise per release, by the best straight line. 0 or less is not growth. */
    perRelease: number;
    /** Why this is growth; undefined if it is not. */
    complaint?: string;
}

/** Measures that go up and down by themselves, with what they may gain from the first to the last quarter of a run. */
const slack: Partial<Record<Measure, { share: number; amount: number }>> = {
    // malloc and HAProxy's pools settle on a level that depends on how many requests came at once.
    haproxyKilobytes: { share: 0.05, amount: 2048 },
    // Connections of the load, and those that HAProxy keeps open to the containers.
    haproxyOpenFiles: { share: 0.05, amount: 24 },
    // An old worker leaves when the last of its requests is answered.
    haproxyProcesses: { share: 0, amount: 1 },
    oldWorkers: { share: 0, amount: 1 },
    // A command of relink may run there.
    anchorProcesses: { share: 0, amount: 1 },
    // Numbers in it get more digits: of promotions, of revisions, of the build that the soak counts.
    recordBytes: { share: 0, amount: 64 },
    stateKilobytes: { share: 0, amount: 2 },
    fileKilobytes: { share: 0, amount: 8 },
};

/**
 * The first releases fill both colors, three versions of the configuration, and the moves that a record keeps. Later ones
 * reuse them.
 */
export const warmUpReleases = keptMoves;

/** Compares the first with the last quarter of the looks after the warm-up, by their medians. */
export function growthOf(looks: readonly Usage[]): Growth[] {
    const steady = looks.slice(warmUpReleases);
    if (steady.length < 4) {
        throw new Error(
            `${looks.length} releases are too few to see growth: at least ${warmUpReleases + 4} are needed`,
        );
    }
    return (Object.keys(steady[0]!) as Measure[]).map(measure => {
        const values = steady.map(look => look[measure]);
        const quarter = Math.floor(values.length / 4);
        const before = median(values.slice(0, quarter));
        const after = median(values.slice(-quarter));
        const { share, amount } = slack[measure] ?? { share: 0, amount: 0 };
        const allowed = before + Math.max(before * share, amount);
        return {
            measure,
            first: values[0]!,
            last: values.at(-1)!,
            highest: Math.max(...values),
            perRelease: slope(values),
            ...(after > allowed ? { complaint: `${measure} grew from ${before} to ${after}` } : {}),
        };
    });
}

/** @returns the slope of the straight line with the least squares */
function slope(values: readonly number[]): number {
    const middle = (values.length - 1) / 2;
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const rises = values.map((value, index) => (index - middle) * (value - mean));
    const widths = values.map((_, index) => (index - middle) ** 2);
    return rises.reduce((sum, rise) => sum + rise, 0) / widths.reduce((sum, width) => sum + width, 0);
}
