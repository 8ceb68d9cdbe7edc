import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Mark } from "../../../report/Report";
import { readReport } from "../../../report/render";
import { expectFailure, expectSuccess } from "../../support/command";
import { badForUsers, errorsOfSick } from "../../support/faultyApps";
import { expectNoLoss, startLoad } from "../../support/load";
import { median } from "../../support/median";
import { createStack } from "../../support/stack";
import { benchConfig } from "../benchStack";
import { type Measurement, rounds } from "../Figure";

const ratePerSecond = 200;

/** How fast the link goes back from a release that passed every check and answers its users with errors. */
export const rollback: Measurement = {
    name: "rollback",
    seconds: 140,
    async measure(say) {
        const folder = mkdtempSync(join(tmpdir(), "relink-bench-"));
        const path = join(folder, "report.html");
        const stack = await createStack({ config: benchConfig(), env: { RELINK_REPORT: path } });
        try {
            expectSuccess(await stack.up());
            stack.setConfig("services.web.image", "node:24-slim");
            stack.setConfig("services.web.command", ["node", "-e", badForUsers]);
            stack.setConfig("services.web.bakeTime", "20s");
            const back: number[] = [];
            const exposed: number[] = [];
            await rounds(5, 1, async (round, isMeasured) => {
                // A release that was judged bad is not tried again. Another environment makes it a new release.
                stack.setConfig("services.web.env", { BUILD: String(round) });
                const load = await startLoad({
                    url: stack.url,
                    ratePerSecond,
                    mix: { post: 1 },
                    maxSeconds: 120,
                    answeredBy: { services: ["web"] },
                });
                try {
                    expectFailure(await stack.up());
                    const result = await load.stop();
                    expectNoLoss(result, { atLeast: 500, allowed: errorsOfSick });
                    const { byVersion } = result;
                    const { firstSeenMs, lastSeenMs } = byVersion.sick!;
                    const seconds = secondsOfRollback(readReport(path)?.sections[0]?.marks ?? []);
                    const withUsers = (lastSeenMs - firstSeenMs) / 1000;
                    say(`round ${round}: back in ${seconds.toFixed(2)} s, ${withUsers.toFixed(2)} s with users`);
                    if (isMeasured) {
                        back.push(seconds);
                        exposed.push(withUsers);
                    }
                } finally {
                    load.kill();
                }
            });
            return {
                figures: [
                    {
                        title: "rollback: from the look that judges a release bad until its link is back and recorded",
                        unit: "s",
                        bar: { limit: "at most", value: 1 },
                        measured: median(back),
                        rounds: { "link back, s": back, "the bad release had users, s": exposed },
                        note:
                            `${ratePerSecond} requests/s of GET and POST; from its first to its last answer the bad ` +
                            `release had users for ${median(exposed).toFixed(1)} s`,
                    },
                ],
            };
        } finally {
            await stack.cleanup();
            rmSync(folder, { recursive: true, force: true });
        }
    },
};

/** @returns seconds from the step that moves the link back to the error of the `up` */
function secondsOfRollback(marks: Mark[]): number {
    const begun = marks.find(({ text }) => text.startsWith("moving the link back"));
    const ended = marks.find(({ kind }) => kind === "error");
    if (begun === undefined || ended === undefined) {
        throw new Error(`the report of this up shows no rollback: ${JSON.stringify(marks)}`);
    }
    return ended.second - begun.second;
}
