import { afterEach, beforeEach } from "vitest";
import { listContainers } from "../../docker/containers";
import { Engine } from "../../docker/Engine";
import type { Color } from "../../model/Color";
import type { ContainerInfo } from "../../model/Container";
import { expectFailure } from "./command";
import {
    type Allowed,
    type AnsweredBy,
    expectNoLoss,
    type LoadMix,
    type LoadResult,
    type LoadRun,
    startLoad,
} from "./load";
import type { StackConfig, TestStack } from "./stack";

/** For a file whose tests build upon one another: after the first one that fails, the rest is skipped. */
export function oneAfterTheOther(): void {
    let failed = false;
    beforeEach(({ skip }) => skip(failed, "a test before it failed"));
    afterEach(({ task }) => {
        failed ||= task.result?.state === "fail";
    });
}

/** The HAProxy that the tests run with: 3.0, and 3.2 too in `npm run test:full`. */
export const haproxyImage = process.env.RELINK_TEST_HAPROXY ?? "haproxy:3.0";

/**
 * A stack with one service `web`: the sample app, checked often, proved quickly and not judged when it is live, so that a
 * test is short.
 */
export function webStack(web: Record<string, unknown> = {}, others: StackConfig = {}): StackConfig {
    return {
        ...others,
        front: { image: haproxyImage, ...others.front },
        services: { web: { ...quickWeb, ...web }, ...others.services },
    };
}

const quickWeb = {
    image: "relink-hello:v1",
    port: 8080,
    replicas: 2,
    health: { path: "/healthz", interval: "500ms" },
    minHealthyTime: "1s",
    healthyDeadline: "90s",
    drainTimeout: "30s",
    bakeTime: "0s",
};

/** What the load of a scenario is made of, besides GET. No WebSockets: they hold up whoever waits for a drain. */
export const withoutWebSockets: LoadMix = { post: 2, newConnection: 1, slow: 1, stream: 1 };
const withWebSockets: LoadMix = { ...withoutWebSockets, webSocket: 1 };

export interface ScenarioOptions {
    mix?: LoadMix;
    /** Requests per second of GET and POST. @default 300 */
    ratePerSecond?: number;
    /** Where to, when it is not the stack's front. */
    url?: string;
    /** See `LoadOptions`. */
    through?: string[];
    /** Who may answer. @default the service web */
    answeredBy?: AnsweredBy;
    /** What the scenario causes on purpose. @default nothing */
    allowed?: readonly Allowed[];
}

/** Requests that have to be answered before and after what is done under load. */
const settledRequests = 100;

/**
 * Does something to a stack under load, from before it begins until after it has ended. Fails when one request was lost,
 * and prints the scenario's count.
 */
export async function underLoad(
    scenario: string,
    stack: TestStack,
    act: (load: LoadRun) => Promise<void>,
    options: ScenarioOptions = {},
): Promise<LoadResult> {
    const load = await startLoad({
        url: options.url ?? stack.url,
        through: options.through ?? [],
        connections: 12,
        mix: options.mix ?? withWebSockets,
        ratePerSecond: options.ratePerSecond ?? 300,
        maxSeconds: 300,
        maxRequests: 100_000,
        answeredBy: options.answeredBy ?? { services: ["web"] },
    });
    try {
        await load.until(({ answered }) => answered >= settledRequests, "the load is on");
        await act(load);
        const { answered } = await load.snapshot();
        await load.until(now => now.answered >= answered + settledRequests, "the load goes on");
        const result = await load.stop();
        const { requests, failed, open, byVersion } = result;
        const versions = Object.entries(byVersion).map(([version, seen]) => `${version}: ${seen.requests}`);
        console.log(`scenario ${scenario}: ${requests} requests, ${failed + open} failed (${versions.join(", ")})`);
        expectNoLoss(result, { atLeast: 500, allowed: options.allowed ?? [] });
        return result;
    } finally {
        load.kill();
    }
}

/** What an `up` that failed did. */
export interface FailedUp {
    load: LoadResult;
    /** All that it printed. */
    printed: string;
    /** Who answered once it had ended. */
    versionsAfterwards: string[];
}

/** An `up` under load that has to fail. */
export async function failingUp(name: string, stack: TestStack, options: ScenarioOptions = {}): Promise<FailedUp> {
    let printed = "";
    const load = await underLoad(
        name,
        stack,
        async load => {
            printed = expectFailure(await stack.up());
            await load.mark("afterwards");
        },
        options,
    );
    return { load, printed, versionsAfterwards: Object.keys(load.phases.at(-1)?.byVersion ?? {}) };
}

/** The containers of one color of a service, by slot. */
export function containersOf(stack: TestStack, color: Color, service = "web"): Promise<ContainerInfo[]> {
    const labels = { "relink.stack": stack.name, "relink.service": service, "relink.color": color };
    return listContainers(Engine.connect(), labels, stack.front);
}

/** What must stay the same of containers that nobody may touch. */
export async function lifeOf(stack: TestStack, color: Color, service = "web"): Promise<string[]> {
    const containers = await containersOf(stack, color, service);
    return containers.map(
        ({ id, name, state, startedAt, restartCount }) =>
            `${name} ${id.slice(0, 12)} ${state} since ${startedAt?.toISOString()}, ${restartCount} restarts`,
    );
}

/** Outputs of one service. */
export async function outputsOf(stack: TestStack, service = "web"): Promise<Record<string, unknown>> {
    const { services } = (await stack.outputs()) as { services: Record<string, Record<string, unknown>> };
    return services[service] ?? {};
}
