import * as pulumi from "@pulumi/pulumi";
import type { Target } from "../model/Target";
import type { Plan } from "../plan/Plan";
import { planOf, reportPath } from "../providers/UpReport";
import { writeReport } from "../report/render";

/**
 * Begins the report of this `up`, where `RELINK_REPORT` asks for one: with the plan's sentences. The provider host adds
 * what happens (providers/UpReport.ts); where nothing has to be done, this is all of it.
 */
export function reportPlan({ project, stack }: Target, plans: { settings: { name: string }; plan: Plan }[]): void {
    const path = reportPath();
    if (path === undefined || pulumi.runtime.isDryRun()) {
        return;
    }
    try {
        const sentences = plans.map(({ settings: { name }, plan }) => `${name}: ${plan.sentence}`);
        writeReport(path, planOf(`${project}/${stack}`, sentences));
    } catch (error) {
        // A release does not wait for a picture of it.
        pulumi.log.warn(`The report ${path} (RELINK_REPORT) cannot be written: ${(error as Error).message}`);
    }
}
