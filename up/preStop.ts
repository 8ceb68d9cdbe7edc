import type { RollingSettings } from "../model/StrategySettings";
import { withoutControls } from "../text/withoutControls";
import { withoutSecrets } from "../text/withoutSecrets";
import type { CommandOutcome } from "./CommandOutcome";
import type { SeenContainer } from "./Seen";
import type { Up } from "./Up";
import { DeadlineExceeded, until } from "./until";

/** Last lines of a command that failed, in its error. */
const keptLines = 20;

/** The user's command before a container stops said no. */
export class PreStopFailed extends Error {}

/** What a container's end needs to know. */
export interface Leaving {
    container: SeenContainer;
    /** Whether HAProxy checks the container. */
    isFronted: boolean;
    settings: Pick<
        RollingSettings,
        "preStopCommand" | "preStopIn" | "preStopWaitUntilUnhealthy" | "healthcheckTimeoutMs"
    >;
    /** How long the command may take, milliseconds. */
    timeoutMs: number;
    /** Taken out of what the command says. */
    secretValues: Record<string, string>;
}

/**
 * Runs the user's `preStopCommand` for a container that is out of traffic, and waits until it is unhealthy where that was
 * asked for.
 * @throws {@link PreStopFailed} when the command ends with another exit code than 0, or not in time
 */
export async function preStop(up: Up, leaving: Leaving): Promise<void> {
    const { container, settings, timeoutMs } = leaving;
    if (settings.preStopCommand === undefined || container.state !== "running") {
        return;
    }
    const command = settings.preStopCommand.replaceAll("{id}", container.id);
    up.progress.status(`preStopCommand for ${container.name}`);
    const outcome =
        settings.preStopIn === "host"
            ? await up.hooks.command(command, timeoutMs)
            : await up.containers.command(container.id, command, timeoutMs);
    if (outcome.exitCode !== 0) {
        throw failure(leaving, outcome);
    }
    if (settings.preStopWaitUntilUnhealthy) {
        await waitUntilUnhealthy(up, leaving);
    }
}

function failure({ container, timeoutMs, secretValues }: Leaving, outcome: CommandOutcome): PreStopFailed {
    const { exitCode, isLate, output } = outcome;
    const how = isLate
        ? `did not end within ${timeoutMs / 1000} s (progressDeadline)`
        : exitCode === undefined
          ? "did not come to its end"
          : `ended with exit code ${exitCode}`;
    const lines = output.map(withoutControls).filter(line => line.trim() !== "");
    const secrets = Object.values(secretValues);
    const said = lines.slice(-keptLines).map(line => `\n    ${withoutSecrets(line, secrets)}`);
    return new PreStopFailed(`preStopCommand for ${container.name} ${how}${said.join("")}`);
}

/** Docker's own check decides where there is one, else HAProxy's. One that has exited is as unhealthy as it gets. */
async function waitUntilUnhealthy(up: Up, { container, isFronted, settings }: Leaving): Promise<void> {
    up.progress.status(`waiting until ${container.name} is unhealthy`);
    try {
        await until(
            up.clock,
            async seen => {
                const { blue, green } = (await up.look()).containers;
                const now = [...blue, ...green].find(({ id }) => id === container.id);
                if (now === undefined || now.state !== "running" || now.health === "unhealthy") {
                    return true;
                }
                seen(`it is ${now.status}`);
                return now.health === undefined && isFronted && !now.up ? true : undefined;
            },
            {
                deadline: up.clock.nowMs() + settings.healthcheckTimeoutMs,
                what: `${container.name} did not become unhealthy after preStopCommand`,
            },
        );
    } catch (error) {
        if (!(error instanceof DeadlineExceeded)) {
            throw error;
        }
        // Nothing is open on it: the wait was the application's own wish.
        up.progress.warn(`${error.message}; it is stopped all the same`);
    }
}
