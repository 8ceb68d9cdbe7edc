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

/** For tests that build upon one another: after one that fails, the rest is skipped. */
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
 * @returns a stack with one service `web`, the sample app. It is checked often, proved quickly and not judged when it
 * is live, so that a test is short
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

/** The kinds of requests in a scenario besides GET. There are no WebSockets, because a drain would wait for them. */
export const withoutWebSockets: LoadMix = { post: 2, newConnection: 1, slow: 1, stream: 1 };
const withWebSockets: LoadMix = { ...withoutWebSockets, webSocket: 1 };

export interface ScenarioOptions {
    mix?: LoadMix;
    /** Requests per second of GET and POST. @default 300 */
    ratePerSecond?: number;
    /** URL that is asked. @default the stack's front */
    url?: string;
    /** See `LoadOptions`. */
    hostHeader?: string;
    /** See `LoadOptions`. */
    headers?: Record<string, string>;
    /** See `LoadOptions`. */
    ca?: string;
    /** See `LoadOptions`. */
    through?: string[];
    /** Who may answer. @default the service web */
    answeredBy?: AnsweredBy;
    /** The longest that the load goes on. @default 300 */
    maxSeconds?: number;
    /** Failures that the scenario causes on purpose. @default none */
    allowed?: readonly Allowed[];
}

/** So many requests have to be answered before and after the act. */
const settledRequests = 100;
/** The least number of requests of a scenario. A shorter act is followed by more load, on a slow machine too. */
const leastRequests = 500;

/**
 * Does something to a stack under load, from before it begins until after it has ended. Fails when one request was
 * lost, and prints the scenario's count.
 */
export async function underLoad(
    scenario: string,
    stack: TestStack,
    act: (load: LoadRun) => Promise<void>,
    options: ScenarioOptions = {},
): Promise<LoadResult> {
    const load = await startLoad({
        url: options.url ?? stack.url,
        hostHeader: options.hostHeader,
        headers: options.headers,
        ca: options.ca,
        through: options.through ?? [],
        connections: 12,
        mix: options.mix ?? withWebSockets,
        ratePerSecond: options.ratePerSecond ?? 300,
        maxSeconds: options.maxSeconds ?? 300,
        maxRequests: 100_000,
        answeredBy: options.answeredBy ?? { services: ["web"] },
    });
    try {
        await load.until(({ answered }) => answered >= settledRequests, "the load is on");
        await act(load);
        const { answered } = await load.snapshot();
        const enough = Math.max(answered + settledRequests, leastRequests);
        await load.until(now => now.answered >= enough, "the load goes on");
        const result = await load.stop();
        const { requests, failed, refused, open, byVersion } = result;
        const versions = Object.entries(byVersion).map(([version, seen]) => `${version}: ${seen.requests}`);
        const lost = `${failed + open} failed${refused > 0 ? `, ${refused} refused` : ""}`;
        console.log(`scenario ${scenario}: ${requests} requests, ${lost} (${versions.join(", ")})`);
        expectNoLoss(result, { atLeast: leastRequests, allowed: options.allowed ?? [] });
        return result;
    } finally {
        load.kill();
    }
}

/** An `up` that failed, and the load meanwhile. */
export interface FailedUp {
    load: LoadResult;
    /** All that it printed. */
    printed: string;
    /** The versions that answered afterwards. */
    versionsAfterwards: string[];
}

/** Runs an `up` under load, which has to fail. */
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

/** @returns the containers of one color of a service, by slot */
export function containersOf(stack: TestStack, color: Color, service = "web"): Promise<ContainerInfo[]> {
    const labels = { "relink.stack": stack.name, "relink.service": service, "relink.color": color };
    return listContainers(Engine.connect(), labels, stack.front);
}

/** @returns a line for each container, which stays the same as long as the container is not touched */
export async function lifeOf(stack: TestStack, color: Color, service = "web"): Promise<string[]> {
    const containers = await containersOf(stack, color, service);
    return containers.map(
        ({ id, name, state, startedAt, restartCount }) =>
            `${name} ${id.slice(0, 12)} ${state} since ${startedAt?.toISOString()}, ${restartCount} restarts`,
    );
}

/** @returns the stack's outputs of one service */
export async function outputsOf(stack: TestStack, service = "web"): Promise<Record<string, unknown>> {
    const { services } = (await stack.outputs()) as { services: Record<string, Record<string, unknown>> };
    return services[service] ?? {};
}
