import { inspectContainer } from "../docker/ContainerInfo";
import { exec } from "../docker/exec";
import { backendName } from "../haproxy/names";
import { runUserCommand } from "../hooks/userCommand";
import type { Color } from "../model/Color";
import type { ContainerInfo } from "../model/Container";
import { slotOf } from "../model/Container";
import type { RollingSettings } from "../model/StrategySettings";
import { currentWorkers } from "../model/World";
import type { Session } from "../providers/Session";
import { withoutControls } from "../text/withoutControls";
import { withoutSecrets } from "../text/withoutSecrets";
import type { Progress } from "./Progress";
import { DeadlineExceeded, until } from "./until";

/** Last lines of a command that failed, in its error. */
const keptLines = 20;

/** The user's command before a container stops said no. */
export class PreStopFailed extends Error {}

/** What a container's end needs to know. */
interface Leaving {
    service: string;
    color: Color;
    container: ContainerInfo;
    settings: Pick<
        RollingSettings,
        "preStopCommand" | "preStopIn" | "preStopWaitUntilUnhealthy" | "healthcheckTimeoutMs"
    >;
    /** How long the command may take, milliseconds. */
    deadlineMs: number;
    /** Taken out of what the command says. */
    secretValues: Record<string, string>;
}

/**
 * Runs the user's `preStopCommand` for a container that is out of traffic, and waits until it is unhealthy where that was
 * asked for. @throws {@link PreStopFailed} when the command ends with another exit code than 0, or not in time.
 */
export async function preStop(session: Session, leaving: Leaving, progress: Progress): Promise<void> {
    const { container, settings } = leaving;
    if (settings.preStopCommand === undefined || container.state !== "running") {
        return;
    }
    const command = settings.preStopCommand.replaceAll("{id}", container.id);
    progress.status(`preStopCommand for ${container.name}`);
    const { exitCode, isLate, output } =
        settings.preStopIn === "host"
            ? await onThisMachine(command, leaving.deadlineMs)
            : await inContainer(session, container.id, command, leaving.deadlineMs);
    if (exitCode !== 0) {
        const how = isLate
            ? `did not end within ${leaving.deadlineMs / 1000} s (progressDeadline)`
            : exitCode === undefined
              ? "did not come to its end"
              : `ended with exit code ${exitCode}`;
        const lines = output.map(withoutControls).filter(line => line.trim() !== "");
        const secrets = Object.values(leaving.secretValues);
        const said = lines.slice(-keptLines).map(line => `\n    ${withoutSecrets(line, secrets)}`);
        throw new PreStopFailed(`preStopCommand for ${container.name} ${how}${said.join("")}`);
    }
    if (settings.preStopWaitUntilUnhealthy) {
        await waitUntilUnhealthy(session, leaving, progress);
    }
}

interface Outcome {
    exitCode: number | undefined;
    /** It was still running at its deadline. */
    isLate: boolean;
    /** Whole lines: only so is a secret recognised. */
    output: string[];
}

async function onThisMachine(command: string, timeoutMs: number): Promise<Outcome> {
    const output: string[] = [];
    const { exitCode, isLate, error } = await runUserCommand({
        command,
        timeoutMs,
        show(line) {
            output.push(line);
            output.splice(0, output.length - keptLines * 2);
        },
    });
    return { exitCode, isLate, output: error === undefined ? output : [...output, error] };
}

async function inContainer(session: Session, id: string, command: string, timeoutMs: number): Promise<Outcome> {
    const signal = AbortSignal.timeout(timeoutMs);
    try {
        const { exitCode, stdout, stderr } = await exec(session.engine, id, ["/bin/sh", "-c", command], { signal });
        return { exitCode, isLate: false, output: `${stdout}\n${stderr}`.split("\n") };
    } catch (error) {
        return { exitCode: undefined, isLate: signal.aborted, output: [(error as Error).message] };
    }
}

/** Docker's own check where there is one, else HAProxy's. One that has exited is as unhealthy as it gets. */
async function waitUntilUnhealthy(session: Session, leaving: Leaving, progress: Progress): Promise<void> {
    const { container, service, color, settings } = leaving;
    progress.status(`waiting until ${container.name} is unhealthy`);
    try {
        await until(
            session.clock,
            async seen => {
                const now = await inspectContainer(session.engine, container.id);
                if (now === undefined || now.state !== "running" || now.health === "unhealthy") {
                    return true;
                }
                const { front } = await session.observe([service]);
                const isDown = currentWorkers(front).some(
                    ({ backends }) =>
                        backends.get(backendName(service, color))?.servers.get(slotOf(container))?.up === false,
                );
                seen(`it is ${now.status}`);
                return now.health === undefined && isDown ? true : undefined;
            },
            {
                deadline: Date.now() + settings.healthcheckTimeoutMs,
                what: `${container.name} did not become unhealthy after preStopCommand`,
            },
        );
    } catch (error) {
        if (!(error instanceof DeadlineExceeded)) {
            throw error;
        }
        // Nothing is open on it: the wait was the application's own wish.
        progress.warn(`${error.message}; it is stopped all the same`);
    }
}
