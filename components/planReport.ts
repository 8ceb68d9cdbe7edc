import * as pulumi from "@pulumi/pulumi";
import type { Target } from "../model/Target";
import type { Plan } from "../plan/Plan";
import { reportPath } from "../report/reportPath";

/**
 * Begins the report of this `up` with the plan's sentences, when `RELINK_REPORT` asks for one. The provider host adds what
 * happens (providers/UpReport.ts). When nothing has to be done, the sentences are the whole report.
 */
export async function reportPlan(
    { project, stack }: Target,
    plans: { settings: { name: string }; plan: Plan }[],
): Promise<void> {
    const path = reportPath();
    if (path === undefined || pulumi.runtime.isDryRun()) {
        return;
    }
    try {
        const { planOf } = await import("../providers/UpReport");
        const { writeReport } = await import("../report/render");
        const sentences = plans.map(({ settings: { name }, plan }) => `${name}: ${plan.sentence}`);
        writeReport(path, planOf(`${project}/${stack}`, sentences));
    } catch (error) {
        // A release is more important than its report.
        pulumi.log.warn(`The report ${path} (RELINK_REPORT) cannot be written: ${(error as Error).message}`);
    }
}
