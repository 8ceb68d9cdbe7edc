import type { ScenarioFigures } from "../../report/Report";
import type { LoadResult } from "../../test/support/load";
import { grouped } from "./grouped";
import type { ServiceLoad } from "./StageLoad";

/** The figures of one stage. Where several services were under load, the times are those of the slowest one. */
export type Scenario = ScenarioFigures;

export function scenarioOf(name: string, loads: ServiceLoad[], seconds: number): Scenario {
    const results = loads.map(({ result }) => result);
    const sum = (figure: (load: LoadResult) => number) => results.reduce((sum, load) => sum + figure(load), 0);
    const worst = (values: number[]) => rounded(Math.max(0, ...values), 2);
    const switches = results.flatMap(load => load.switches);
    return {
        name,
        requests: sum(load => load.requests),
        failed: sum(load => load.requests - load.answered),
        p50Ms: worst(results.map(load => load.steady.p50Ms)),
        p99Ms: worst(results.map(load => load.steady.p99Ms)),
        switchP99Ms: switches.length === 0 ? null : worst(switches.map(({ around }) => around.p99Ms)),
        seconds: rounded(seconds, 1),
    };
}

/** @returns the table of all scenarios with their sum, at most 80 columns wide */
export function table(scenarios: Scenario[]): string {
    const header = ["scenario", "requests", "failed", "p50 ms", "p99 ms", "p99 switch", "seconds"];
    const rows = scenarios.map(({ name, requests, failed, p50Ms, p99Ms, switchP99Ms, seconds }) => [
        name,
        grouped(requests),
        grouped(failed),
        p50Ms.toFixed(1),
        p99Ms.toFixed(1),
        switchP99Ms === null ? "-" : switchP99Ms.toFixed(1),
        seconds.toFixed(1),
    ]);
    const sum = (key: "requests" | "failed" | "seconds") => scenarios.reduce((sum, scenario) => sum + scenario[key], 0);
    const total = ["total", grouped(sum("requests")), grouped(sum("failed")), "", "", "", sum("seconds").toFixed(1)];
    const widths = [20, 10, 8, 9, 9, 12, 9];
    const line = (cells: string[]) =>
        cells.map((cell, index) => (index === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[index]!))).join("");
    const rule = "-".repeat(widths.reduce((sum, width) => sum + width));
    return [line(header), rule, ...rows.map(line), rule, line(total)].join("\n");
}

function rounded(value: number, digits: number): number {
    return Number(value.toFixed(digits));
}
