import { readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "../paths.mjs";
import { shards } from "./shards.mjs";

/** End-to-end files that the full run repeats with HAProxy 3.2: those that depend on HAProxy. */
export const filesWithHaproxy32 = [
    "haproxy.test.ts",
    "haproxy-requests.test.ts",
    "counters.test.ts",
    "release.test.ts",
    "failure.test.ts",
    "hooks.test.ts",
    "interrupted.test.ts",
    "heal.test.ts",
    "stand-in.test.ts",
    "https.test.ts",
    "limits.test.ts",
    "acme.test.ts",
    "own-lines.test.ts",
    "users.test.ts",
    "tutum.test.ts",
    "header-routes.test.ts",
    "ports.test.ts",
    "failover.test.ts",
    "internal.test.ts",
    "several-stacks.test.ts",
    "h2c.test.ts",
    "front-settings.test.ts",
    "tcp.test.ts",
    "floods.test.ts",
];

/**
 * End-to-end files that run once more on Docker 28 with containerd's image store: those that depend on the Engine most.
 */
export const filesOnContainerd = [
    "engine.test.ts",
    "release.test.ts",
    "registry.test.ts",
    "local-image.test.ts",
    "failure.test.ts",
    "heal.test.ts",
    "docker.test.ts",
    "docker-containers.test.ts",
    "docker-dialer.test.ts",
    "lost.test.ts",
];

/**
 * Minutes of each end-to-end file in the full run, on a machine with 2 cores that does nothing else. The default is 4.
 * These are estimates: a shard's line in docs/full-run.md has what it took.
 */
const minutes = {
    "abuse.test.ts": 1,
    "acme-readme.test.ts": 1,
    "bake.test.ts": 8,
    "canary-steps.test.ts": 13,
    "canary-story.test.ts": 3,
    "canary.test.ts": 14,
    "conformance.test.ts": 2,
    "counters.test.ts": 1,
    "daemon.test.ts": 15,
    "docker-containers.test.ts": 2,
    "docker-dialer.test.ts": 1,
    "docker.test.ts": 2,
    "drift.test.ts": 9,
    "failover.test.ts": 3,
    "faults.test.ts": 8,
    "front-image.test.ts": 5,
    "front-image-faults.test.ts": 8,
    "h2c.test.ts": 3,
    "front-port.test.ts": 2,
    "front-settings.test.ts": 8,
    "hardened.test.ts": 1,
    "haproxy-faults.test.ts": 14,
    "haproxy-requests.test.ts": 2,
    "haproxy.test.ts": 1,
    "header-routes.test.ts": 2,
    "hostile.test.ts": 3,
    "internal.test.ts": 2,
    "limits.test.ts": 3,
    "metrics.test.ts": 2,
    "own-lines.test.ts": 1,
    "replace.test.ts": 1,
    "stand-in.test.ts": 1,
    "listeners.test.ts": 1,
    "long-stream.test.ts": 12,
    "ports.test.ts": 4,
    "preview.test.ts": 5,
    "promotion.test.ts": 1,
    "proxies.test.ts": 8,
    "release.test.ts": 5,
    "rolling-crash.test.ts": 35,
    "rolling.test.ts": 6,
    "services.test.ts": 15,
    "several-stacks.test.ts": 8,
    "shell.test.ts": 2,
    "status.test.ts": 2,
    "tcp.test.ts": 5,
    "tutum.test.ts": 3,
    "verbs.test.ts": 6,
};
const otherMinutes = 4;

/**
 * Files that are too long for one piece, in parts by the names of their tests. Tests that no part names are the last
 * part.
 */
const parts = {
    "crash.test.ts": [
        { what: "release and bake", names: " (release|bake), at ", minutes: 26 },
        { what: "return, stop, remove, routes", names: " (return|stop|remove|routes), at ", minutes: 18 },
        { what: "scale", names: " (scale up|scale down), at ", minutes: 18 },
        { what: "the rest", names: "", minutes: 8 },
    ],
};

/**
 * Divides the full run into pieces. Each test is in exactly one piece.
 *
 * @param files names of the files in test/e2e
 * @returns pieces as `{name, project, file, pattern, minutes}`. `file` is undefined for a whole project. `pattern` is
 * for vitest's `-t`, and undefined for a whole file
 */
export function piecesOfFullRun(files = readdirSync(join(root, "test", "e2e"))) {
    const tests = files.filter(file => file.endsWith(".test.ts")).sort();
    return [
        { name: "unit", project: "unit", minutes: 8 },
        { name: "program", project: "program", minutes: 1 },
        ...tests.flatMap(file => piecesOfFile("e2e", file)),
        ...again(tests, filesWithHaproxy32, "e2e-haproxy-3.2"),
        ...again(tests, filesOnContainerd, "e2e-containerd"),
    ];
}

/** These files once more, in another project. */
function again(tests, files, project) {
    return tests.filter(file => files.includes(file)).flatMap(file => piecesOfFile(project, file));
}

const suffixes = { e2e: "", "e2e-haproxy-3.2": " with HAProxy 3.2", "e2e-containerd": " on containerd" };

function piecesOfFile(project, file) {
    const name = `${file.replace(".test.ts", "")}${suffixes[project]}`;
    const path = `test/e2e/${file}`;
    if (!Object.hasOwn(parts, file)) {
        return [{ name, project, file: path, minutes: minutes[file] ?? otherMinutes }];
    }
    return parts[file].map(({ what, names, minutes }, index) => {
        const before = parts[file].slice(0, index).map(part => part.names);
        const pattern = `^${before.length === 0 ? "" : `(?!.*(?:${before.join("|")}))`}.*${names}`;
        return { name: `${name} (${what})`, project, file: path, pattern, minutes };
    });
}

/** @returns the pieces of each shard, and its minutes together */
export function shardsOf(pieces, names = shards) {
    return names.map(own => {
        const found = own.map(name => pieces.find(piece => piece.name === name) ?? missing(name));
        return { pieces: found, minutes: found.reduce((sum, { minutes }) => sum + minutes, 0) };
    });
}

function missing(name) {
    throw new Error(`toolchain/fullRun/shards.mjs names ${name}, which is no piece of the full run`);
}
