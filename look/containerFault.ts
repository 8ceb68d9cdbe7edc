import { slotAddress } from "../model/addresses";
import { type ContainerInfo, runs, slotOf } from "../model/Container";
import type { Deviation } from "../model/Deviation";
import type { RecordedRelease } from "../model/Release";
import { dockerPolicy, hasPolicy } from "../model/restartPolicy";
import { trafficOf } from "../model/trafficNoun";
import { serverPort, wiringOf } from "../model/Wiring";
import type { ColorView } from "./ColorView";

/** The fault of a container that nobody stopped: it ended by itself. It is not shown as a deviation. */
export const ended: Deviation = { what: "ended by itself" };

/** @returns whether a container ended and Docker leaves it so. Docker restarts it under any other policy. */
export function hasEnded(container: ContainerInfo, { settings }: RecordedRelease): boolean {
    return container.state === "exited" && (settings.restart === "no" || settings.restart === "on-failure");
}

/** @returns what keeps a container of the release from serving as relink left it; undefined when nothing does. */
export function containerFault(view: ColorView, container: ContainerInfo): Deviation | undefined {
    const { name } = container;
    const slot = slotOf(container);
    if (hasEnded(container, view.release)) {
        return ended;
    }
    if (!runs(container)) {
        return stopped(view, container);
    }
    const closed = inHaproxy(view, container);
    if (closed !== undefined) {
        // HAProxy's files hold what relink wrote, and its memory what somebody changed.
        const isOpenInFile = view.openInFile?.has(slot) === true && !view.isFileEdited;
        const fix = isOpenInFile && view.generation ? `docker kill --signal USR2 ${view.generation}` : undefined;
        return { what: `${name} ${closed}`, fix };
    }
    if (view.release.settings.port !== undefined && view.openInFile?.has(slot) === false) {
        // An interrupted repair leaves it so.
        return {
            what: `${name} would get no ${trafficOf(view.release)} once HAProxy reads its files again, which have its slot closed`,
        };
    }
    return wrongPolicy(view, container);
}

function stopped(view: ColorView, container: ContainerInfo): Deviation {
    const { name, state, status } = container;
    const isPaused = state === "paused";
    // A start does not help when relink itself stopped the container because it could not be proved.
    const serves = inHaproxy(view, container) === undefined && hasPolicy(container, view.release.settings.restart);
    return {
        what: `${name} ${isPaused ? "is paused" : `is stopped (${status})`}`,
        fix: serves ? `docker ${isPaused ? "unpause" : "start"} ${name}` : undefined,
    };
}

function wrongPolicy({ release }: ColorView, container: ContainerInfo): Deviation | undefined {
    const { restart } = release.settings;
    const { name, restartPolicy } = container;
    const policy = dockerPolicy(restart);
    return hasPolicy(container, restart)
        ? undefined
        : {
              what: `${name} has the restart policy ${restartPolicy}, not ${policy}`,
              fix: `docker update --restart ${policy} ${name}`,
          };
}

/** @returns why HAProxy sends a container no requests. A background service gets none anyway. */
function inHaproxy({ workers, backend, block, release }: ColorView, container: ContainerInfo): string | undefined {
    const slot = slotOf(container);
    const { port } = release.settings;
    const noun = trafficOf(release);
    for (const worker of port === undefined ? [] : workers) {
        const server = worker.backends.get(backend)?.servers.get(slot);
        if (server === undefined) {
            return `is not known to HAProxy, which has no slot ${slot} of ${backend}`;
        }
        if (server.admin !== "ready") {
            return `gets no ${noun}: HAProxy has its slot in ${server.admin}`;
        }
        const wanted = serverPort(release.settings);
        if (block !== undefined && (server.address !== slotAddress(block, slot) || server.port !== wanted)) {
            return `gets no ${noun}: HAProxy looks for it at ${server.address}:${server.port}`;
        }
        if (server.wiring !== wiringOf(release.settings)) {
            return `gets ${noun} on other ports than its release has`;
        }
    }
    return undefined;
}
