import { existsSync } from "node:fs";
import { join } from "node:path";
import { foreground } from "./command.mjs";
import { stopDockerEngine } from "./dockerEngine.mjs";
import { applied, exportLines, node, readEnvironment } from "./environment.mjs";
import { runShard, shardOf } from "./fullRun/fullRun.mjs";
import { ensurePackages } from "./packages.mjs";
import { root } from "./paths.mjs";
import { Problem } from "./problem.mjs";
import { ensureRegistry } from "./registry.mjs";
import { setUp } from "./setup.mjs";
import { testEngine } from "./testEngines.mjs";
import { ensureWrk } from "./wrk.mjs";

const usage = `Usage: node toolchain/run.mjs VERB [ARGS]
    setup         gets everything that the project needs and that is missing
    env           prints export lines for a shell: eval "$(npm run -s env)"
    pulumi ARGS   runs the Pulumi CLI in that environment
    status        shows every service of a stack as it is now (--help says more)
    logs SERVICE  shows both colors' logs, merged (--help says more)
    renew         renews the certificates of a stack that are due (--help says more)
    from-tutum FILE  prints the stack config that a stack with Tutum's HAProxy becomes
    demo          releases services under load, goes back, and refuses a broken release
    demo:clean    removes everything that the demo made
    test [ARGS]   runs the tests (arguments are vitest's)
    test:full     runs also the long tests, and some again with HAProxy 3.2; --shard K/N runs a
                  part of them and writes into docs/full-run.md that it passed
    lives [ARGS]  plays random lives of a service until one breaks a rule (--help says more)
    mutants       puts small defects into the product; a unit test must find each
    pebble        runs an ACME server for tries of front.https.acme, until Ctrl-C
    engine NAME COMMAND  runs a command on a Docker Engine of its own
    soak [ARGS]   releases a service 200 times under load and measures growth
    bench [ARGS]  measures relink against its bars (--help says more)
    registry      gets an image registry for tests and prints its path
    wrk           gets a load generator for the bench and prints its path
    docker:stop   stops the Docker Engine that the set-up started`;

const verbs = {
    setup: async () => {
        await setUp({ announce: true });
    },
    env: async () => {
        const { environment } = await setUp();
        console.log(exportLines(environment));
    },
    pulumi: async args => {
        const { env, pulumi } = await setUp();
        return foreground(pulumi, args, { env, cwd: root });
    },
    status: args => look("commands/status.ts", args),
    logs: args => look("commands/logs.ts", args),
    renew: args => look("commands/renew.ts", args),
    "from-tutum": args => alone("commands/fromTutum.ts", args),
    demo: args => typescript("examples/demo.ts", args),
    "demo:clean": args => typescript("examples/demo.ts", ["clean", ...args]),
    test: args => vitest(args, {}),
    "test:full": args => fullRun(args),
    lives: args => alone("test/simulation/lives/main.ts", args),
    mutants: args => alone("test/mutants/main.ts", args),
    pebble: args => alone("test/support/pebble/main.ts", args),
    engine: args => typescript("test/support/engine/main.ts", args),
    soak: args => typescript("test/soak/main.ts", args),
    bench: args => typescript("test/bench/main.ts", args),
    registry: async () => {
        console.log(await ensureRegistry());
    },
    wrk: async () => {
        console.log(await ensureWrk());
    },
    "docker:stop": stopDockerEngine,
};

export async function main([verb, ...args]) {
    if (verb === undefined || verb === "help" || verb === "--help") {
        console.log(usage);
        return;
    }
    if (!Object.hasOwn(verbs, verb)) {
        throw new Problem(`There is no verb "${verb}".\n${usage}`);
    }
    process.exitCode = (await verbs[verb](args)) ?? 0;
}

async function typescript(file, args) {
    const { env } = await setUp();
    return run(file, args, env);
}

/** Runs a command that only reads. It starts and installs nothing, except before the first set-up. */
async function look(file, args) {
    const environment = readEnvironment();
    return environment === undefined ? typescript(file, args) : run(file, args, applied(environment));
}

/** Runs a program that needs nothing but the npm packages. */
async function alone(file, args) {
    await ensurePackages();
    const environment = readEnvironment();
    return run(file, args, environment === undefined ? process.env : applied(environment));
}

function run(file, args, env) {
    if (!existsSync(join(root, file))) {
        throw new Problem(`${file} is not there.`);
    }
    return foreground(node, ["-r", "./startup/loadTypeScript.js", file, ...args], { env, cwd: root });
}

/** Runs all tests, or one shard. */
async function fullRun(args) {
    const full = { RELINK_FULL: "1" };
    const shard = shardOf(args);
    if (shard === undefined) {
        return vitest(args, full);
    }
    checkTestEngine();
    const { env } = await setUp({ full: true });
    return runShard(shard, { ...env, ...full });
}

/** @throws Problem where RELINK_TEST_ENGINE names an unknown Engine */
function checkTestEngine() {
    if (process.env.RELINK_TEST_ENGINE !== undefined) {
        testEngine(process.env.RELINK_TEST_ENGINE);
    }
}

async function vitest(args, extra) {
    checkTestEngine();
    const { env } = await setUp({ full: (extra.RELINK_FULL ?? process.env.RELINK_FULL) === "1" });
    const program = join(root, "node_modules", "vitest", "vitest.mjs");
    return foreground(node, [program, "run", ...args], { env: { ...env, ...extra }, cwd: root });
}
