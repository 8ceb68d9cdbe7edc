import type { Color } from "../model/Color";
import { type ContainerInfo, slotOf } from "../model/Container";
import type { PolicySettings } from "../model/PolicySettings";
import type { RecordedRelease } from "../model/Release";
import { trafficOf } from "../model/trafficNoun";
import { portsOf } from "../model/Wiring";
import { seconds } from "../model/words";
import type { Admission } from "./Admission";
import { admit } from "./admit";
import { allOf } from "./allOf";
import { HealthyClock } from "./HealthyClock";
import { isStop } from "./stop";
import type { Up } from "./Up";
import { DeadlineExceeded, until } from "./until";

/** A release that cannot be proved. The message has the last log lines of the container that failed. */
export class ProofFailed extends Error {}

/** What has to be proved. */
export interface Subject {
    color: Color;
    /** Where it has no port, no request comes: then Docker's health check has to do, or that the container runs. */
    release: RecordedRelease;
    /** Containers to prove, running or starting. */
    containers: ContainerInfo[];
    /** Whether users' requests go to this color now: then slots are asked one by one, beside the traffic. */
    live: boolean;
    policy: Pick<PolicySettings, "minHealthyTimeMs" | "healthyDeadlineMs">;
    /** When the deployment that this is part of has to be done, milliseconds by {@link Clock.nowMs}. @default never */
    deadline?: number;
    /** Throws once nobody needs the proof any more; its error ends the proof. */
    requireNeed?: () => void;
}

const logLines = 50;
const lookMs = 150;

/**
 * Proves containers (docs/design.md#the-link): Docker's health check where there is one, an UP that HAProxy's own checks have
 * earned, and an answer to a request of ours, all of it for `minHealthyTime` without a break. Afterwards the slots take
 * traffic.
 * @throws {@link ProofFailed} early when a container exits or is unhealthy, else at `healthyDeadline`
 */
export async function prove(up: Up, subject: Subject): Promise<void> {
    const { clock, progress } = up;
    const admission = up.front.backend(subject.color).admission(subject.containers.map(slotOf));
    const healthy = new HealthyClock(clock, subject.policy.minHealthyTimeMs);
    const startedMs = clock.nowMs();
    const watch = await up.containers.watch(subject.color);
    try {
        await until(
            clock,
            async seen => {
                const missing = await missingOf(up, subject, admission, healthy);
                if (missing !== undefined) {
                    healthy.stop();
                    seen(missing);
                    progress.status(`${missing} (${seconds(clock.nowMs() - startedMs)})`);
                    return undefined;
                }
                const text = healthy.tick();
                seen(text);
                progress.status(text);
                return healthy.isDone ? true : undefined;
            },
            {
                ...deadlineOf(subject, startedMs),
                fastestMs: lookMs,
                slowestMs: lookMs,
                wake: () => watch.next(),
                latestMs: () => healthy.endMs,
            },
        );
    } catch (error) {
        throw error instanceof DeadlineExceeded ? await failure(up, subject, error.message) : error;
    } finally {
        watch.close();
    }
}

/** When to give up: the containers' own deadline, or the deployment's where that comes first. */
function deadlineOf({ policy, deadline }: Subject, startedMs: number): { deadline: number; what: string } {
    const own = startedMs + policy.healthyDeadlineMs;
    return deadline !== undefined && deadline < own
        ? { deadline, what: "not healthy when the deployment had to be done (progressDeadline)" }
        : { deadline: own, what: `not healthy within ${seconds(policy.healthyDeadlineMs)} (healthyDeadline)` };
}

/** @returns what is missing now; undefined where all containers are healthy and take traffic. */
async function missingOf(
    up: Up,
    subject: Subject,
    admission: Admission,
    healthy: HealthyClock,
): Promise<string | undefined> {
    subject.requireNeed?.();
    const { service } = up;
    const { live, release } = subject;
    const ports = portsOf(release.settings);
    const isFronted = ports.length > 0;
    const [containers, workers] = await allOf([
        allOf(subject.containers.map(({ id }) => up.containers.inspect(id))),
        isFronted ? admission.look() : [],
    ]);
    await failEarly(up, subject, containers);
    const starting = notStarted(containers);
    if (starting !== undefined || !isFronted) {
        return starting;
    }
    const ask = () => askAll(up, subject, containers);
    const closed = await admit(admission, workers, { service, ports }, live ? ask : async () => undefined);
    const downs = workers.flatMap(({ slots }) => slots).reduce((sum, slot) => sum + slot.downs, 0);
    return closed ?? healthy.interruptedBy(downs) ?? (healthy.needsAnswer() ? await ask() : undefined);
}

/** What cannot succeed any more needs no deadline. */
async function failEarly(up: Up, subject: Subject, containers: (ContainerInfo | undefined)[]): Promise<void> {
    for (const [index, container] of containers.entries()) {
        const { name, restartCount } = subject.containers[index]!;
        if (container === undefined) {
            throw await failure(up, subject, `${name} was removed`);
        }
        if (container.state === "exited" || container.state === "dead") {
            throw await failure(up, subject, `${name} ${container.status}`, container);
        }
        if (container.restartCount > restartCount) {
            throw await failure(up, subject, `${name} crashed and was restarted by Docker`, container);
        }
        if (container.health === "unhealthy") {
            throw await failure(up, subject, `${name} is unhealthy by its own health check`, container);
        }
    }
}

function notStarted(containers: (ContainerInfo | undefined)[]): string | undefined {
    const starting = containers.filter(container => container?.state !== "running" || container.health === "starting");
    return starting.length === 0
        ? undefined
        : `waiting for ${starting.length} of ${containers.length} containers to start`;
}

/**
 * Sends one request to each container of a live color, and one through the preview listener for an idle color.
 * @returns what is wrong with the answers
 */
async function askAll(
    up: Up,
    subject: Subject,
    containers: (ContainerInfo | undefined)[],
): Promise<string | undefined> {
    try {
        return await (subject.live ? askContainers(up, subject, containers) : askPreview(up, subject));
    } catch (error) {
        if (isStop(error)) {
            throw error;
        }
        return (error as Error).message;
    }
}

async function askContainers(
    up: Up,
    { release }: Subject,
    containers: (ContainerInfo | undefined)[],
): Promise<string | undefined> {
    for (const container of containers) {
        const answer = await up.front.askContainer(container?.address ?? "", release.settings);
        if (!answer.good) {
            return `${container?.name} answered ${answer.text}`;
        }
    }
    return undefined;
}

async function askPreview(up: Up, { color, release }: Subject): Promise<string | undefined> {
    const questions = await up.front.questions();
    try {
        const answer = await questions.ask("preview", release.settings);
        if (answer.release !== release.id || answer.color !== color) {
            return `the preview listener answered ${answer.text}, not ${color}`;
        }
        if (answer.good) {
            return undefined;
        }
        return trafficOf(release) === "connections"
            ? `the conversation through HAProxy failed: ${answer.text}`
            : `a request through the preview listener was answered ${answer.text}`;
    } finally {
        await questions.end();
    }
}

async function failure(
    up: Up,
    subject: Subject,
    what: string,
    container: ContainerInfo | undefined = subject.containers[0],
): Promise<ProofFailed> {
    const secrets = Object.values(subject.release.secretValues);
    const lines = container === undefined ? [] : await up.containers.lastLogLines(container.id, secrets, logLines);
    const log =
        lines.length === 0
            ? `${container?.name ?? "the container"} wrote no log.`
            : `Last ${lines.length} log lines of ${container?.name}:\n${lines.map(line => `    ${line}`).join("\n")}`;
    return new ProofFailed(`${what}.\n${log}`);
}
