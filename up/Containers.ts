import type { Color } from "../model/Color";
import type { ContainerInfo } from "../model/Container";

/** The containers of one service. */
export interface Containers {
    /** @returns a container as it is now; undefined where it is gone. */
    inspect(id: string): Promise<ContainerInfo | undefined>;

    /** Follows what happens to a color's containers from now on. Close it. */
    watch(color: Color): Promise<ContainerWatch>;

    /**
     * @param secretValues are taken out of the lines
     * @returns the last lines that a container wrote, oldest first; none where nothing can be read
     */
    lastLogLines(id: string, secretValues: Iterable<string>, count: number): Promise<string[]>;
}

/** What happens to containers. */
export interface ContainerWatch {
    /** Resolves when a container has died or its health has changed. It may also resolve for no reason. */
    next(): Promise<unknown>;

    close(): void;
}
