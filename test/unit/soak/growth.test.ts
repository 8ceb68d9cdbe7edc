import { describe, expect, it } from "vitest";
import { growthOf, warmUpReleases } from "../../soak/growth";
import type { Usage } from "../../soak/Usage";

const usage: Usage = {
    containers: 6,
    named: 10,
    images: 3,
    files: 32,
    fileKilobytes: 200,
    recordBytes: 2_800,
    anchorProcesses: 4,
    anchorTemporaryFiles: 2,
    generations: 1,
    haproxyProcesses: 2,
    oldWorkers: 0,
    haproxyOpenFiles: 60,
    haproxyKilobytes: 28_000,
    stateKilobytes: 60,
};

/** @returns the complaints about these looks */
function complaints(of: (release: number) => Partial<Usage>, releases = 80): string[] {
    const looks = Array.from({ length: releases }, (_, index) => ({ ...usage, ...of(index) }));
    return growthOf(looks).flatMap(({ complaint }) => complaint ?? []);
}

describe("growth over a soak", () => {
    it("is not reported if every measure stays the same after the first releases", () => {
        expect(complaints(release => (release < warmUpReleases ? { containers: 2, files: 12 } : {}))).toEqual([]);
    });

    it("is not reported if memory and connections go up and down", () => {
        const wave = (release: number) => Math.sin(release) * 10;
        const of = (release: number) => ({
            haproxyKilobytes: 28_000 + wave(release) * 200,
            haproxyOpenFiles: 60 + Math.round(wave(release)),
            oldWorkers: release % 5 === 0 ? 1 : 0,
        });
        expect(complaints(of)).toEqual([]);
    });

    it("is reported for one more container, file or image in ten releases", () => {
        const of = (release: number) => {
            const more = Math.floor(release / 10);
            return { containers: 6 + more, files: 32 + more, images: 3 + more };
        };
        expect(complaints(of)).toEqual([
            "containers grew from 8 to 13",
            "images grew from 5 to 10",
            "files grew from 34 to 39",
        ]);
    });

    it("is reported for a leak of memory or open files", () => {
        const of = (release: number) => ({
            haproxyKilobytes: 28_000 + release * 60,
            haproxyOpenFiles: 60 + release,
            recordBytes: 2_800 + release * 20,
        });
        const found = complaints(of);
        expect(found.map(text => text.split(" ")[0])).toEqual(["recordBytes", "haproxyOpenFiles", "haproxyKilobytes"]);
    });

    it("has the rise of a measure per release", () => {
        const looks = Array.from({ length: 40 }, (_, release) => ({ ...usage, stateKilobytes: 60 + release * 2 }));
        expect(growthOf(looks).find(({ measure }) => measure === "stateKilobytes")?.perRelease).toBeCloseTo(2, 6);
    });

    it("cannot be judged by a few releases", () => {
        expect(() => growthOf(Array(8).fill(usage))).toThrow("too few");
    });
});
