import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LiveSystem } from "../look/LiveSystem";
import type { Settings } from "../model/Settings";
import type { Target } from "../model/Target";
import type { World } from "../model/World";
import { fromCli } from "../settings/fromCli";
import { defaultFrontName, isFrontName } from "../settings/front";
import type { Problem } from "../settings/Problem";
import { checkSettings, type RawConfig } from "../settings/parse";
import { CommandFailed } from "./command";

/** A stack as its config and the live system show it. */
export interface OpenStack {
    target: Target;
    live: LiveSystem;
    /** What the config asks for; undefined where the config is wrong, as `problems` says. */
    settings?: Settings;
    problems: readonly Problem[];
    world: World;
    /** Why a running HAProxy does not answer. */
    haproxyProblem?: string;
}

/**
 * Reads a stack of the project in the current folder: first its config, then the live system. The Pulumi CLI reads the
 * config. For that it starts no engine and needs no passphrase.
 * @param name @default the selected stack
 * @throws CommandFailed, DockerUnreachable
 */
export async function openStack(name?: string): Promise<OpenStack> {
    const project = projectName();
    const stackOption = name === undefined ? [] : ["--stack", name];
    const [config, shown] = await Promise.all([
        pulumi(["config", "--json", ...stackOption]),
        name ?? pulumi(["stack", "--show-name"]),
    ]);
    // `organization/project/stack` names the same stack.
    const stack = shown.trim().split("/").at(-1) ?? "";
    const raw = fromCli(config);
    const { settings, problems = [] } = checkSettings(raw, { project, stack });
    const target = settings === undefined ? targetOf(raw, project, stack) : at(settings, project, stack);
    const live = await LiveSystem.connect(target);
    return { target, live, settings, problems, ...(await live.lookLeniently()) };
}

function at({ host, front }: Settings, project: string, stack: string): Target {
    return { project, stack, host, front: front.name, ...(front.use !== undefined && { uses: true as const }) };
}

/** Finds the front by a config that is wrong somewhere, so that what is live can still be shown. */
function targetOf({ host, front }: RawConfig, project: string, stack: string): Target {
    const { name: own, use } = (front ?? {}) as { name?: unknown; use?: unknown };
    const uses = typeof use === "string" && isFrontName(use);
    const name = uses ? use : own;
    return {
        project,
        stack,
        host: typeof host === "string" ? host : undefined,
        front: typeof name === "string" && isFrontName(name) ? name : defaultFrontName(project, stack),
        ...(uses && { uses }),
    };
}

function projectName(): string {
    try {
        const name = /^name:\s*["']?([\w.-]+)/m.exec(readFileSync(join(process.cwd(), "Pulumi.yaml"), "utf8"))?.[1];
        if (name !== undefined) {
            return name;
        }
    } catch {
        // Without the file the next step is the same.
    }
    throw new CommandFailed(`${process.cwd()} has no Pulumi.yaml with a name: run this in the project's folder.`);
}

/** A quick question to the Pulumi CLI. */
function pulumi(args: string[]): Promise<string> {
    return new Promise((resolve, reject) => {
        const options = { encoding: "utf8", timeout: 60_000 } as const;
        execFile("pulumi", ["--non-interactive", ...args], options, (error, stdout, stderr) => {
            if (error === null) {
                resolve(stdout);
            } else if (error.code === "ENOENT") {
                reject(new CommandFailed("The Pulumi CLI is not on PATH. Get it:\n    npm run setup"));
            } else {
                reject(new CommandFailed(inOurWords(stderr.trim() || error.message)));
            }
        });
    });
}

function inOurWords(words: string): string {
    const missing = /no stack named '([^']*)' found/.exec(words)?.[1];
    const choose = "\n    npm run pulumi -- stack ls              # shows the stacks of this project";
    if (missing !== undefined) {
        return `There is no stack "${missing}".${choose}`;
    }
    return /no stack selected/.test(words)
        ? `No stack is selected. Say which one: --stack NAME, or select it for good.${choose}\n    npm run pulumi -- stack select NAME`
        : words.replace(/^error: /, "Pulumi: ");
}
