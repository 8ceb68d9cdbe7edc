import type { AddressBlock } from "../model/addresses";
import type { Color } from "../model/Color";
import type { ContainerInfo } from "../model/Container";
import type { RecordedRelease } from "../model/Release";
import type { RestartPolicy } from "../model/ReleaseSettings";
import type { CommandOutcome } from "./CommandOutcome";

/** The containers of one service. */
export interface Containers {
    /** @returns the name of a slot's container. */
    nameOf(color: Color, slot: number): string;

    /**
     * Creates the container of a slot, not started. Docker does not start it again before {@link keepRunning}.
     * @returns its id
     * @throws StartFailed, and then there is no such container
     */
    create(place: ContainerPlace, release: RecordedRelease): Promise<string>;

    /**
     * Starts a container. One that runs already is left alone.
     * @throws StartFailed
     */
    start(id: string, release: RecordedRelease): Promise<void>;

    /** Has a container started again as its release's `restart` says, from now on. */
    keepRunning(id: string, restart: RestartPolicy): Promise<void>;

    /**
     * Stops a container, which is not started again. One that is stopped or gone is left alone.
     * @param graceMs time between its stop signal and SIGKILL, milliseconds
     */
    stop(id: string, graceMs: number): Promise<void>;

    /** Removes a container at once, running or not. One that is gone is fine. */
    remove(id: string): Promise<void>;

    /** @returns a container as it is now; undefined where it is gone. */
    inspect(id: string): Promise<ContainerInfo | undefined>;

    /** Follows what happens to a color's containers from now on. Close it. */
    watch(color: Color): Promise<ContainerWatch>;

    /**
     * Runs a line for `/bin/sh` in a container that runs.
     * @param timeoutMs how long it is waited for, milliseconds; Docker cannot end it
     */
    command(id: string, command: string, timeoutMs: number): Promise<CommandOutcome>;

    /**
     * @param secretValues are taken out of the lines
     * @returns the last lines that a container wrote, oldest first; none where nothing can be read
     */
    lastLogLines(id: string, secretValues: Iterable<string>, count: number): Promise<string[]>;
}

/** Where a container is. */
export interface ContainerPlace {
    color: Color;
    slot: number;
    /** Where the color's slots have their addresses. @default Docker gives the container any address */
    block?: AddressBlock;
}

/** What happens to containers. */
export interface ContainerWatch {
    /** Resolves when a container has died or its health has changed. It may also resolve for no reason. */
    next(): Promise<unknown>;

    close(): void;
}
