import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { relative } from "node:path";
import { root } from "./paths.mjs";

// All of it goes to stderr: `env` and `registry` print what a shell or a script reads.
const say = text => process.stderr.write(text);
const terminal = process.stderr.isTTY === true;

const firstProgressMs = 3_000;
/** Time between two progress lines, milliseconds. A terminal's line is rewritten, and a log has to stay readable. */
const progressEveryMs = terminal ? 1_000 : 15_000;

/** Prints one line outside a step, e.g. what was found and will be used. */
export function note(text) {
    say(`  ${text}\n`);
}

/**
 * Runs one step. Announces it, shows progress after some seconds, and tells at the end how long it took.
 *
 * @param title what is being done, e.g. "Building the Pulumi CLI"
 * @param work gets a function that takes the path of a log, whose last line is the progress
 * @returns what `work` returns
 */
export async function step(title, work) {
    const started = Date.now();
    const seconds = () => ((Date.now() - started) / 1000).toFixed(1);
    let log;
    say(`> ${title} ...\n`);
    const progress = () => {
        const elapsedMs = Date.now() - started;
        if (elapsedMs < firstProgressMs) {
            return;
        }
        const text = `  ${Math.round(elapsedMs / 1000)} s  ${lastLine(log)}`.slice(
            0,
            (process.stderr.columns ?? 120) - 1,
        );
        say(terminal ? `\r\x1b[2K${text}` : `${text}\n`);
    };
    const timer = setInterval(progress, progressEveryMs);
    const clear = () => {
        clearInterval(timer);
        if (terminal) {
            say("\r\x1b[2K");
        }
    };
    try {
        const result = await work(path => {
            log = path;
        });
        clear();
        say(`  done in ${seconds()} s\n`);
        return result;
    } catch (error) {
        clear();
        say(`  failed after ${seconds()} s${log === undefined ? "" : ` (log: ${relative(root, log)})`}\n`);
        throw error;
    }
}

/** @returns the last line of a log that is not empty, of its last 4 KiB */
export function lastLine(log) {
    return lastLines(log, 1);
}

export function lastLines(log, count) {
    if (log === undefined) {
        return "";
    }
    let file;
    try {
        file = openSync(log, "r");
        const { size } = fstatSync(file);
        const buffer = Buffer.alloc(Math.min(size, 4096));
        readSync(file, buffer, 0, buffer.length, size - buffer.length);
        const lines = buffer.toString("utf8").split(/[\r\n]+/);
        return lines
            .map(line => line.trim())
            .filter(line => line !== "")
            .slice(-count)
            .join("\n");
    } catch {
        return "";
    } finally {
        if (file !== undefined) {
            closeSync(file);
        }
    }
}
