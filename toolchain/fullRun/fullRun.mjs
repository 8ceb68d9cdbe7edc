import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { foreground } from "../command.mjs";
import { node } from "../environment.mjs";
import { inRelink, root } from "../paths.mjs";
import { Problem } from "../problem.mjs";
import { whyNoTestEngine } from "../testEngines.mjs";
import { writePassed } from "./passed.mjs";
import { piecesOfFullRun, shardsOf } from "./pieces.mjs";
import { shards } from "./shards.mjs";

const page = join(root, "docs", "full-run.md");

/**
 * Finds the shard that the arguments ask for.
 *
 * @returns `{number, of}` or undefined where there is none
 * @throws Problem where it is not one of the shards, or where there are other arguments
 */
export function shardOf(args) {
    const at = args.findIndex(arg => arg === "--shard" || arg.startsWith("--shard="));
    if (at < 0) {
        return undefined;
    }
    const isOneWord = args[at] !== "--shard";
    const text = isOneWord ? args[at].slice("--shard=".length) : (args[at + 1] ?? "");
    const [, number, of] = /^(\d+)\/(\d+)$/.exec(text)?.map(Number) ?? [];
    if (!(number >= 1 && number <= of && of === shards.length)) {
        throw new Problem(`--shard takes 1/${shards.length} to ${shards.length}/${shards.length}, not "${text}".`);
    }
    if (args.length > (isOneWord ? 1 : 2)) {
        throw new Problem(
            "--shard takes no other arguments: docs/full-run.md gets a line that the whole shard passed.",
        );
    }
    return { number, of };
}

/** Runs one shard. Writes into docs/full-run.md that it passed. @returns the exit code */
export async function runShard({ number, of }, env) {
    const shard = shardsOf(piecesOfFullRun())[number - 1];
    const pieces = shard.pieces.filter(({ project }) => project !== "e2e-containerd" || hasContainerd(env));
    const names = pieces.map(({ name }) => name);
    const shown = `${number}/${of}`;
    console.log(`Shard ${shown}: ${names.join(", ")}; at most some ${shard.minutes} minutes.`);
    const commit = commitNow();
    const startedMs = performance.now();
    const { code, tests } = await runPieces(pieces, env);
    const minutes = Math.ceil((performance.now() - startedMs) / 60_000);
    console.log(`Shard ${shown} ${code === 0 ? "passed" : "failed"}: ${tests} tests passed, ${minutes} minutes.`);
    if (code === 0) {
        const day = new Date().toISOString().slice(0, 10);
        writePassed(page, { shard: shown, engine: engineOf(env), day, commit, tests, minutes, pieces: names });
        console.log("docs/full-run.md says so now.");
    }
    return code;
}

/** Runs all pieces, also after one that failed. */
async function runPieces(pieces, env) {
    const folder = mkdtempSync(inRelink("full-run-"));
    const results = join(folder, "results.json");
    let code = 0;
    let tests = 0;
    try {
        for (const piece of inOneRun(pieces)) {
            rmSync(results, { force: true });
            const status = await foreground(node, vitestOf(piece, results), { env, cwd: root });
            const passed = passedIn(results);
            tests += passed;
            // A run without a test proves nothing.
            code ||= status || (passed === 0 ? 1 : 0);
        }
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
    return { code, tests };
}

/** @returns runs of vitest. The whole files of a project are one run; a part of a file is a run of its own. */
export function inOneRun(pieces) {
    const runs = new Map();
    for (const { name, project, file, pattern } of pieces) {
        const key = pattern === undefined ? project : name;
        const run = runs.get(key) ?? { project, files: [], pattern };
        run.files.push(...(file === undefined ? [] : [file]));
        runs.set(key, run);
    }
    return [...runs.values()];
}

function vitestOf({ project, files, pattern }, results) {
    return [
        join(root, "node_modules", "vitest", "vitest.mjs"),
        "run",
        ...["--project", project],
        ...files,
        ...(pattern === undefined ? [] : ["-t", pattern]),
        ...["--reporter=default", "--reporter=json", `--outputFile.json=${results}`],
    ];
}

function passedIn(results) {
    try {
        return JSON.parse(readFileSync(results, "utf8")).numPassedTests;
    } catch {
        return 0;
    }
}

/** Whether the run has the project `e2e-containerd`. A chosen Engine is the only one of its run. */
function hasContainerd(env) {
    return env.RELINK_TEST_ENGINE === undefined && whyNoTestEngine() === undefined;
}

/** @returns the Engine of the tests: the one that RELINK_TEST_ENGINE names, or else the machine's */
function engineOf(env) {
    if (env.RELINK_TEST_ENGINE) {
        return env.RELINK_TEST_ENGINE;
    }
    const ask = (...args) => printed("docker", args, env);
    const version = ask("version", "--format", "{{.Server.Version}}");
    return `${version} ${ask("info", "--format", "{{.Driver}}")}`;
}

/** @returns the commit, with a note where files differ from it */
function commitNow() {
    const git = (...args) => printed("git", args, process.env);
    const isChanged = git("status", "--porcelain", "--", ".", ":!docs/full-run.md") !== "";
    return `${git("rev-parse", "--short", "HEAD")}${isChanged ? " with changes" : ""}`;
}

function printed(command, args, env) {
    const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: root, env, encoding: "utf8" });
    if (error !== undefined || status !== 0) {
        throw new Problem(`${command} ${args.join(" ")}: ${error?.message ?? stderr.trim()}`);
    }
    return stdout.trim();
}
