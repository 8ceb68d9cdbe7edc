/** What the calls of one phase have reported, by call. */
export type Reports = Record<string, unknown>;

/**
 * The calls of one part of the story, by phase. A procedure looks as often as it has to wait, so only the last report of
 * equal calls in a phase stays. Calls that run at the same time have no order, so the calls of a phase are sorted.
 */
export class CallLog {
    readonly #phases: { phase: string; reports: Map<string, unknown> }[] = [];

    /** A phase begins: what is called from now on belongs to it. A wait may enter the same phase at each look. */
    begin(phase: string): void {
        if (this.#phases.at(-1)?.phase !== phase) {
            this.#phases.push({ phase, reports: new Map() });
        }
    }

    /** @returns what notes the report of a call that begins now. */
    call(name: string): (report: unknown) => void {
        const { reports } = this.#phases.at(-1)!;
        return report => reports.set(name, report);
    }

    /** @returns what was noted since the last call of this method. */
    take(): Record<string, Reports> {
        const phases = this.#phases.splice(0).filter(({ reports }) => reports.size > 0);
        return Object.fromEntries(
            phases.map(({ phase, reports }, index) => [`${index + 1}. ${phase}`, sorted(reports)]),
        );
    }
}

function sorted(reports: ReadonlyMap<string, unknown>): Reports {
    return Object.fromEntries([...reports].sort(([one], [other]) => (one < other ? -1 : 1)));
}
