import { readFileSync, writeFileSync } from "node:fs";

const columns = ["shard", "Engine", "last passed", "commit", "tests", "minutes", "what it runs"];

/**
 * Writes into docs/full-run.md that a shard passed. A shard has one line for each Engine. The first of them replaces
 * the line "not yet".
 *
 * @param passed `{shard, engine, day, commit, tests, minutes, pieces}`; `shard` as `2/5`
 */
export function writePassed(file, passed) {
    writeFileSync(file, withPassed(readFileSync(file, "utf8"), passed));
}

/** @returns the page with that line */
export function withPassed(page, { shard, engine, day, commit, tests, minutes, pieces }) {
    const row = rowOf([shard, engine, day, commit, tests, minutes, pieces.join(", ")]);
    const lines = page.split("\n");
    const own = lines.findIndex(line => line.startsWith(`| ${shard} | ${engine} |`));
    const notYet = lines.findIndex(line => line.startsWith(`| ${shard} | - | not yet |`));
    const place = own >= 0 ? own : notYet;
    if (place >= 0) {
        lines[place] = row;
    } else {
        const last = lines.findLastIndex(line => line.startsWith(`| ${shard} |`));
        if (last < 0) {
            throw new Error(`docs/full-run.md has no line of the shard ${shard}`);
        }
        lines.splice(last + 1, 0, row);
    }
    return lines.join("\n");
}

/** @returns the table before any shard has passed */
export function emptyTable(shards) {
    const rows = shards.map(({ pieces }, index) =>
        rowOf([
            `${index + 1}/${shards.length}`,
            "-",
            "not yet",
            "-",
            "-",
            "-",
            pieces.map(({ name }) => name).join(", "),
        ]),
    );
    return [rowOf(columns), `|${"---|".repeat(columns.length)}`, ...rows].join("\n");
}

function rowOf(cells) {
    return `| ${cells.join(" | ")} |`;
}
