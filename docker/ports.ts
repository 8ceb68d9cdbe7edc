import { createServer } from "node:net";
import type { Engine } from "./Engine";

/** A port to publish on the Docker host. */
export interface WantedPort {
    port: number;
    /** Address of the Docker host. @default all of them */
    address?: string;
}

/**
 * Finds what uses a port already.
 * @returns the container's name, or "another program" where the Docker host is this machine and the port is in use; undefined
 * where the port seems free
 */
export async function holderOf(engine: Engine, wanted: WantedPort): Promise<string | undefined> {
    const containers = await engine.docker.listContainers();
    const holder = containers.find(({ Ports }) =>
        Ports.some(({ PublicPort, IP }) => PublicPort === wanted.port && overlaps(IP, wanted.address)),
    );
    if (holder !== undefined) {
        return `the container ${holder.Names[0]?.replace(/^\//, "")}`;
    }
    return engine.isLocal && !(await canBind(wanted)) ? "another program" : undefined;
}

function overlaps(one: string | undefined, two: string | undefined): boolean {
    const isAny = (address: string | undefined) => !address || address === "0.0.0.0" || address === "::";
    return isAny(one) || isAny(two) || one === two;
}

/** @returns whether the port is free on this machine. A port that only root may bind counts as free. */
function canBind({ port, address }: WantedPort): Promise<boolean> {
    return new Promise(resolve => {
        const server = createServer();
        server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code !== "EADDRINUSE"));
        server.listen({ port, host: address ?? "0.0.0.0", exclusive: true }, () => server.close(() => resolve(true)));
    });
}
