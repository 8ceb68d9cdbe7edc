import { type Bar, type Figure, isMet, rounded } from "./Figure";
import { quietShare } from "./machine";
import type { Found, Results } from "./Results";
import { type SideBySide, type SideBySideRow, standing } from "./sideBySide";

const notHere = "not available here";

/**
 * `bench/RESULTS.md`.
 *
 * @param names of all measurements, so that it says which were not made
 */
export function document({ machine, found }: Results, names: readonly string[]): string {
    const { cores, processor, memoryGigabytes, kernel, node, docker, haproxy, pulumi } = machine;
    const figures = found.flatMap(({ figures }) => figures);
    const days = [...new Set(found.map(({ at }) => at.slice(0, 10)))].sort();
    return `${[
        "# Bench",
        "`npm run bench` measures this and writes it, with every round, to `results.json` beside this file. What is compared is\n" +
            "measured in turn, round after round, the first of which does not count; a figure is the median of the rounds' ratios\n" +
            "or differences.",
        `${days.join(", ")}; ${cores} cores (${processor}), ${memoryGigabytes} GB, Linux ${kernel}, Docker ${docker}, HAProxy ${haproxy}, ` +
            `Pulumi ${pulumi}, Node ${node}. Docker, the\nload and what is measured share that machine.`,
        table(
            ["figure", "measured", "bar", "met"],
            figures.map(figure => [figure.title, measured(figure), barText(figure.bar, figure.unit), verdict(figure)]),
        ),
        ...found.flatMap(({ sideBySide }) => (sideBySide === undefined ? [] : [sideBySideText(sideBySide)])),
        "How to read them:",
        figures.flatMap(({ title, note }) => (note === undefined ? [] : [`- ${title}: ${note}.`])).join("\n"),
        ...busy(found),
        ...notMade(names.filter(name => !found.some(({ measurement }) => measurement === name))),
    ].join("\n\n")}\n`;
}

function measured({ measured, unit }: Figure): string {
    return measured === undefined ? notHere : withUnit(rounded(measured, unit), unit);
}

function barText(bar: Bar | undefined, unit: Figure["unit"]): string {
    return bar === undefined ? "-" : `${bar.limit} ${withUnit(bar.value, unit)}`;
}

function withUnit(value: number, unit: Figure["unit"]): string {
    return unit === "x" || unit === "" ? `${value}${unit}` : `${value} ${unit}`;
}

function verdict(figure: Figure): string {
    const met = isMet(figure);
    return met === undefined ? "-" : met ? "yes" : "**no**";
}

function sideBySideText({ title = "Side by side", task, tools, rows }: SideBySide): string {
    const value = (number: number | undefined, unit: SideBySideRow["unit"]) =>
        number === undefined ? notHere : withUnit(rounded(number, unit), unit);
    return `## ${title}\n\n${task}\n\n${table(
        ["", ...tools, "relink is"],
        rows.map(row => [row.what, ...row.values.map(number => value(number, row.unit)), standing(row)]),
    )}`;
}

/** What was measured while the machine had other work, in words. */
function busy(found: readonly Found[]): string[] {
    const disturbed = found.filter(({ before }) => before.busy > quietShare);
    return disturbed.length === 0
        ? []
        : [
              `The machine was busy with something else before these: ${disturbed
                  .map(({ measurement, before }) => `${measurement} (${Math.round(before.busy * 100)} %)`)
                  .join(", ")}.`,
          ];
}

function notMade(names: string[]): string[] {
    const command = names.map(name => `--only ${name}`).join(" ");
    return names.length === 0 ? [] : [`Not measured yet: \`npm run bench -- ${command}\`.`];
}

function table(head: string[], rows: string[][]): string {
    return [head, head.map(() => "---"), ...rows].map(cells => `| ${cells.join(" | ")} |`).join("\n");
}
