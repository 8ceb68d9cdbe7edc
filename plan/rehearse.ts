import { RollingSchedule } from "./RollingSchedule";
import type { RollingStart, RollingTurn } from "./RollingTurn";

/** @returns the turns of a rolling release in which nothing goes wrong: what each one starts, and what leaves then. */
export function rehearse(start: RollingStart): Pick<RollingTurn, "start" | "retire">[] {
    const schedule = new RollingSchedule(start);
    const turns: Pick<RollingTurn, "start" | "retire">[] = [];
    let nowMs = 1;
    let proving = start.present.filter(({ up }) => !up).map(({ slot }) => slot);
    for (;;) {
        const turn = schedule.next(nowMs);
        if (turn.start.length + turn.retire.length > 0) {
            turns.push({ start: turn.start, retire: turn.retire });
        } else if (turn.state !== "going" || (turn.wakeAtMs === undefined && proving.length === 0)) {
            return turns;
        }
        nowMs = Math.max(nowMs + 1, turn.wakeAtMs ?? 0);
        for (const slot of turn.retire) {
            schedule.tell({ is: "gone", slot }, nowMs);
        }
        for (const slot of [...turn.start, ...proving]) {
            schedule.tell({ is: "up", slot }, nowMs);
        }
        proving = [];
    }
}
