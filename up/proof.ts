import { inspectContainer } from "../docker/ContainerInfo";
import { lastLogLines } from "../docker/containers";
import { watchContainers } from "../docker/events";
import { askContainer, askThroughFront } from "../front/FrontQuestions";
import { EarnedUp } from "../haproxy/earned";
import { backendName } from "../haproxy/names";
import { WorkerReplaced } from "../haproxy/runtime";
import type { Color } from "../model/Color";
import type { ContainerInfo } from "../model/Container";
import { slotOf } from "../model/Container";
import type { Worker } from "../model/FrontState";
import type { HealthSettings } from "../model/HealthSettings";
import type { PolicySettings } from "../model/PolicySettings";
import { stackLabels } from "../model/Target";
import { currentWorkers } from "../model/World";
import type { Session } from "../providers/Session";
import type { Progress } from "./Progress";
import { DeadlineExceeded, until } from "./until";

/** A release that cannot be proved, with the last words of the container that failed. */
export class ProofFailed extends Error {}

/** What has to be proved. */
export interface Subject {
    service: string;
    color: Color;
    release: string;
    /** Undefined where no request comes: then Docker's health check has to do, or that it runs. */
    port?: number;
    health: HealthSettings;
    /** Taken out of a failed container's last words. */
    secretValues: Record<string, string>;
    /** Containers to prove, running or starting. */
    containers: ContainerInfo[];
    /** Whether users' requests go to this color now: then slots are asked one by one, beside the traffic. */
    live: boolean;
    policy: Pick<PolicySettings, "minHealthyTimeMs" | "healthyDeadlineMs">;
    /** When the deployment that this is part of has to be done, milliseconds since the epoch of this machine's clock. */
    deadline?: number;
    /** True once nobody needs the proof any more. */
    isVain?: () => boolean;
}

const logLines = 50;
const lookMs = 150;

/**
 * Proves containers (docs/design.md#the-link): Docker's health check where there is one, an UP that HAProxy's own checks
 * have earned, and an answer to a request of ours, all of it for `minHealthyTime` without a break. Afterwards the slots
 * take traffic.
 * @throws {@link ProofFailed} early when a container exits or is unhealthy, else at `healthyDeadline`.
 */
export async function prove(session: Session, subject: Subject, progress: Progress): Promise<void> {
    const { service, color, policy } = subject;
    const slots = subject.containers.map(slotOf);
    const earned = new EarnedUp(session.runtime, backendName(service, color), slots);
    const events = watchContainers(session.engine, {
        ...stackLabels(session.target),
        "relink.service": service,
        "relink.color": color,
    });
    const clock = new HealthyClock(policy.minHealthyTimeMs);
    const started = Date.now();
    const ownDeadline = started + policy.healthyDeadlineMs;
    const deadline = Math.min(ownDeadline, subject.deadline ?? Number.POSITIVE_INFINITY);
    try {
        await events.ready;
        await until(
            session.clock,
            async seen => {
                if (subject.isVain?.()) {
                    throw new ProofFailed("the release had failed already");
                }
                const [containers, workers] = await Promise.all([
                    inspectAll(session, subject),
                    subject.port === undefined ? [] : currentWorkersOf(session, service),
                ]);
                await failEarly(session, subject, containers);
                const missing =
                    notStarted(containers) ??
                    (subject.port === undefined
                        ? undefined
                        : ((await admitUnlessReloaded(session, subject, earned, containers, workers)) ??
                          clock.interruptedBy(downs(earned, workers)) ??
                          (clock.needsAnswer() ? await askAll(session, subject, containers) : undefined)));
                if (missing !== undefined) {
                    clock.stop();
                    seen(missing);
                    progress.status(`${missing} (${seconds(Date.now() - started)})`);
                    return undefined;
                }
                const text = clock.tick();
                seen(text);
                progress.status(text);
                return clock.done ? true : undefined;
            },
            {
                deadline,
                what:
                    deadline < ownDeadline
                        ? "not healthy when the deployment had to be done (progressDeadline)"
                        : `not healthy within ${seconds(policy.healthyDeadlineMs)} (healthyDeadline)`,
                fastestMs: lookMs,
                slowestMs: lookMs,
                wake: () =>
                    Promise.race([
                        events.next(event => event.action === "die" || event.action === "health_status", 1000),
                        clock.end(),
                    ]),
            },
        );
    } catch (error) {
        throw error instanceof DeadlineExceeded ? await failure(session, subject, error.message) : error;
    } finally {
        events.close();
    }
}

/** Measures `minHealthyTime`: a break starts it again, and an answer is asked for at its start and at its end. */
class HealthyClock {
    #since: number | undefined;
    #downs: number | undefined;
    #breaks = 0;
    done = false;

    constructor(private readonly minHealthyMs: number) {}

    stop(): void {
        this.#breaks += this.#since === undefined ? 0 : 1;
        this.#since = undefined;
        this.#downs = undefined;
    }

    /** HAProxy counts how often a server went down: one that is back by now has been away all the same. */
    interruptedBy(downs: number): string | undefined {
        const before = this.#downs;
        this.#downs = downs;
        return before !== undefined && downs !== before ? "a server went down and came back" : undefined;
    }

    needsAnswer(): boolean {
        return this.#since === undefined || Date.now() - this.#since >= this.minHealthyMs;
    }

    /** Resolves when the time is over, should nothing break it; never where it does not run. */
    end(): Promise<unknown> {
        const since = this.#since;
        return new Promise(resolve => {
            if (since !== undefined) {
                setTimeout(resolve, since + this.minHealthyMs - Date.now());
            }
        });
    }

    tick(): string {
        this.#since ??= Date.now();
        const healthyMs = Date.now() - this.#since;
        this.done = healthyMs >= this.minHealthyMs;
        const text = `healthy for ${seconds(Math.min(healthyMs, this.minHealthyMs))} of ${seconds(this.minHealthyMs)}`;
        return this.#breaks === 0 ? text : `${text}, after ${this.#breaks} breaks`;
    }
}

/** A reload for another service's sake, since the workers were looked at, is a reason to look again. */
async function admitUnlessReloaded(...args: Parameters<typeof admit>): Promise<string | undefined> {
    try {
        return await admit(...args);
    } catch (error) {
        if (error instanceof WorkerReplaced) {
            return "HAProxy is being reloaded";
        }
        throw error;
    }
}

/**
 * Lets the slots take traffic once HAProxy's own checks have brought them up. A slot of the live color is asked before
 * that; one of the idle color after, through the preview listener.
 */
async function admit(
    session: Session,
    subject: Subject,
    earned: EarnedUp,
    containers: (ContainerInfo | undefined)[],
    workers: Worker[],
): Promise<string | undefined> {
    if (workers.length === 0) {
        return "HAProxy is not running";
    }
    const servers = earned.state(workers);
    const outside = workers.filter(worker => servers.some(server => server.worker === worker && server.reset));
    if (outside.length > 0) {
        // Also after a reload for another service's sake: the new worker starts from what the file says.
        await earned.enter(outside);
        return "waiting for HAProxy's health check";
    }
    const down = servers.filter(({ up }) => !up);
    if (down.length > 0) {
        const { slot, check = "" } = down[0]!;
        const refused = check.includes("Connection refused")
            ? `nothing listens on port ${subject.port} yet (relink:services.${subject.service}.port), `
            : "";
        return `waiting for HAProxy's health check of ${down.length} of ${servers.length} (slot ${slot}: ${refused}${check})`;
    }
    const closed = workers.filter(worker => !isOpen(worker, earned));
    if (closed.length === 0) {
        return undefined;
    }
    const problem = subject.live ? await askAll(session, subject, containers) : undefined;
    if (problem === undefined) {
        await earned.finish(closed);
    }
    return problem;
}

function isOpen(worker: Worker, earned: EarnedUp): boolean {
    const servers = worker.backends.get(earned.backend)?.servers;
    return earned.slots.every(slot => servers?.get(slot)?.admin === "ready");
}

async function currentWorkersOf(session: Session, service: string): Promise<Worker[]> {
    return currentWorkers((await session.observe([service])).front);
}

function downs(earned: EarnedUp, workers: Worker[]): number {
    return earned.state(workers).reduce((sum, server) => sum + server.downs, 0);
}

function inspectAll(session: Session, subject: Subject): Promise<(ContainerInfo | undefined)[]> {
    return Promise.all(subject.containers.map(({ id }) => inspectContainer(session.engine, id, session.target.front)));
}

/** What cannot succeed any more needs no deadline. */
async function failEarly(session: Session, subject: Subject, containers: (ContainerInfo | undefined)[]): Promise<void> {
    for (const [index, container] of containers.entries()) {
        const name = subject.containers[index]?.name;
        if (container === undefined) {
            throw await failure(session, subject, `${name} was removed`);
        }
        if (container.state === "exited" || container.state === "dead") {
            throw await failure(session, subject, `${name} ${container.status}`, container);
        }
        if (container.restartCount > (subject.containers[index]?.restartCount ?? 0)) {
            throw await failure(session, subject, `${name} crashed and was restarted by Docker`, container);
        }
        if (container.health === "unhealthy") {
            throw await failure(session, subject, `${name} is unhealthy by its own health check`, container);
        }
    }
}

function notStarted(containers: (ContainerInfo | undefined)[]): string | undefined {
    const starting = containers.filter(container => container?.state !== "running" || container.health === "starting");
    return starting.length === 0
        ? undefined
        : `waiting for ${starting.length} of ${containers.length} containers to start`;
}

/** One request to each container of a live color, one through the preview listener for an idle one. */
async function askAll(
    session: Session,
    subject: Subject,
    containers: (ContainerInfo | undefined)[],
): Promise<string | undefined> {
    const { service, color, release, port = 0, health, live } = subject;
    try {
        if (!live) {
            const answer = await askThroughFront(session, service, "preview", health);
            if (answer.release !== release || answer.color !== color) {
                return `the preview listener answered ${answer.text}, not ${color}`;
            }
            return answer.good ? undefined : `a request through the preview listener was answered ${answer.text}`;
        }
        for (const container of containers) {
            const answer = await askContainer(session, container?.address ?? "", port, health);
            if (!answer.good) {
                return `${container?.name} answered ${answer.text}`;
            }
        }
        return undefined;
    } catch (error) {
        return (error as Error).message;
    }
}

async function failure(
    session: Session,
    subject: Subject,
    what: string,
    container: ContainerInfo | undefined = subject.containers[0],
): Promise<ProofFailed> {
    const secrets = Object.values(subject.secretValues);
    const lines = container === undefined ? [] : await lastLogLines(session.engine, container.id, secrets, logLines);
    const log =
        lines.length === 0
            ? `${container?.name ?? "the container"} wrote no log.`
            : `Last ${lines.length} log lines of ${container?.name}:\n${lines.map(line => `    ${line}`).join("\n")}`;
    return new ProofFailed(`${what}.\n${log}`);
}

function seconds(milliseconds: number): string {
    return `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 1 : 0)} s`;
}
