import { expectSuccess } from "../support/command";
import { type LoadResult, type LoadRun, problemsOf, startLoad } from "../support/load";
import { createStack, type TestStack } from "../support/stack";
import { lookAt, type Usage } from "./Usage";

/** Kind of one `up` of the soak. */
export type Kind = "release" | "release with a reload" | "return";

export interface Release {
    number: number;
    kind: Kind;
    seconds: number;
    usage: Usage;
}

export interface SoakResult {
    releases: Release[];
    load: LoadResult;
    /** Problems in words, without those of growth. Empty if all went well. */
    problems: string[];
}

export interface SoakOptions {
    releases: number;
    ratePerSecond: number;
    haproxyImage: string;
    /** Called after each release. */
    report(release: Release, load: LoadRun): Promise<void>;
    /** Called before each release. True ends the soak early. */
    isStopped(): boolean;
}

const day = 24 * 60 * 60;

/** Releases one service over and over, under load that accounts for every request. */
export async function soak(options: SoakOptions): Promise<SoakResult> {
    const stack = await createStack({ config: configOf(options.haproxyImage) });
    try {
        expectSuccess(await stack.up());
        return await underLoad(stack, options);
    } finally {
        await stack.cleanup();
    }
}

async function underLoad(stack: TestStack, options: SoakOptions): Promise<SoakResult> {
    const load = await startLoad({
        url: stack.url,
        connections: 12,
        // Without WebSockets, because each drain would wait for them until drainTimeout.
        mix: { post: 2, newConnection: 1, slow: 1, stream: 1 },
        ratePerSecond: options.ratePerSecond,
        maxSeconds: day,
        maxRequests: 100_000_000,
        answeredBy: { services: ["web"], versions: ["v1", "v2"] },
    });
    const problems: string[] = [];
    const releases: Release[] = [];
    try {
        const images = new Set<string>();
        for (let number = 1; number <= options.releases && !options.isStopped(); number += 1) {
            const kind = kindOf(number);
            wish(stack, kind, number);
            const { code, seconds, stdout, stderr } = await stack.up();
            if (code !== 0) {
                problems.push(`release ${number} failed with exit code ${code}:\n${stdout}${stderr}`);
                break;
            }
            const release = { number, kind, seconds, usage: await lookAt(stack, images) };
            releases.push(release);
            await options.report(release, load);
        }
        const result = await load.stop();
        const lost = problemsOf(result, { atLeast: releases.length });
        if (lost.length > 0) {
            problems.push(lost.join("\n"));
        }
        return { releases, load: result, problems };
    } finally {
        load.kill();
    }
}

/** @returns the kind of a release. Most are new, some need a reload of HAProxy, and some return to the warm color */
function kindOf(number: number): Kind {
    if (number % 10 === 0) {
        return "return";
    }
    // Once for each color.
    return checksOf(number) !== checksOf(number - 2) ? "release with a reload" : "release";
}

/** Sets the config for an `up` of this kind. The release's number in its environment makes every release a new one. */
function wish(stack: TestStack, kind: Kind, number: number): void {
    const set = (key: string, value: unknown) => stack.setConfig(`services.web.${key}`, value);
    const made = kind === "return" ? number - 2 : number;
    set("image", made % 2 === 0 ? "relink-hello:v1" : "relink-hello:v2");
    set("env", { BUILD: String(made).padStart(6, "0") });
    set("health.fall", checksOf(made));
}

/** @returns `health.fall`, which changes the text of the color's backend, so that HAProxy needs a reload */
function checksOf(number: number): number {
    return 3 + (Math.floor((number + 5) / 10) % 2);
}

function configOf(image: string) {
    return {
        front: { image },
        services: {
            web: {
                image: "relink-hello:v1",
                port: 8080,
                replicas: 2,
                env: { BUILD: "000000" },
                health: { path: "/healthz", interval: "500ms", fall: 3 },
                minHealthyTime: "500ms",
                healthyDeadline: "90s",
                drainTimeout: "30s",
                // Every release is judged, but only for a short time, because a soak needs many releases.
                bakeTime: "2s",
            },
        },
    };
}
