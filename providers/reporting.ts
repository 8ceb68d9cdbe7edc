import { reportPath } from "../report/reportPath";
import { atEnd } from "./atEnd";
import type { CommonInputs } from "./resource";
import type { UpReport } from "./UpReport";

/** Methods of a provider that change something. The others run in previews too. */
const changing = ["create", "update", "delete"];

let report: Promise<UpReport> | undefined;

/**
 * Runs a method of a provider, and keeps its steps and errors for the report, where `RELINK_REPORT` asks for one. The report
 * begins with the first method that changes something.
 */
export async function reported<T>(method: string, args: unknown[], run: () => Promise<T>): Promise<T> {
    const path = reportPath();
    const inputs = args.filter(isInputs).at(-1);
    if (path === undefined || inputs === undefined || !changing.includes(method)) {
        return run();
    }
    report ??= begin(path, inputs);
    const begun = await report;
    try {
        return await run();
    } catch (error) {
        begun.fail(subjectOf(inputs.__urn), (error as Error).message);
        throw error;
    }
}

/** Begins the report. Loads the modules that only a report needs. */
async function begin(path: string, { __target: target }: CommonInputs<unknown>): Promise<UpReport> {
    const [{ UpReport }, { Session }, { onProgress }] = await Promise.all([
        import("./UpReport"),
        import("./Session"),
        import("./progress"),
    ]);
    const session = Session.for(target);
    const begun = new UpReport(path, `${target.project}/${target.stack}`, () => session.runtime.observe());
    onProgress((urn, text) => begun.step(subjectOf(urn), text));
    // The end writes the report.
    atEnd(() => begun.end());
    return begun;
}

function isInputs(value: unknown): value is CommonInputs<unknown> {
    return typeof value === "object" && value !== null && "__target" in value && "__urn" in value;
}

/** @returns the subject of a step by its resource's URN: `web-green`, `web link` */
function subjectOf(urn: string): string {
    const [, , types = "", name = ""] = urn.replace(/^urn:pulumi:/, "").split("::");
    return types.endsWith(":Link") ? `${name} link` : name;
}
