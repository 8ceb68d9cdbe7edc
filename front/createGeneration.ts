import { createHash } from "node:crypto";
import type { Engine } from "../docker/Engine";
import { silencedLabels } from "../docker/labels";
import type { ContainerInfo } from "../model/Container";
import { generationLabels } from "../model/FrontImage";
import { folders } from "../model/folders";
import { frontNames, stackLabels, type Target } from "../model/Target";
import { generationScript, generationStopSignal, haproxyArguments, haproxyUser } from "./watchdog";

/** Options of the file system for the only file in a generation's own container, a process id. */
const scratch = "size=1m,noexec,nosuid,nodev,mode=1777";

/** The image of a generation. */
export interface NamedImageId {
    /** As in the stack config. */
    name: string;
    /** Local id, `sha256:...`. */
    id: string;
}

/** Creates a container with HAProxy in the anchor's network namespace, and starts it. @returns its id */
export async function createGeneration(
    engine: Engine,
    target: Target,
    number: number,
    anchor: ContainerInfo,
    image: NamedImageId,
): Promise<string> {
    const container = await engine.docker.createContainer({
        name: frontNames(target.front).generation(number),
        Image: image.id,
        ...program(String(number)),
        Labels: {
            ...(await silencedLabels(engine, image.id)),
            ...stackLabels(target),
            "relink.front": target.front,
            "relink.generation": String(number),
            "relink.anchor": anchor.id,
            [generationLabels.image]: image.name,
            [generationLabels.options]: generationOptions,
        },
        HostConfig: { ...generationHostConfig(target.front), NetworkMode: `container:${anchor.id}` },
    });
    await container.start();
    return container.id;
}

/** How HAProxy is started. */
function program(generation: string) {
    return {
        Entrypoint: ["sh", "-c", generationScript, "relink"],
        Cmd: haproxyArguments(generation),
        User: `${haproxyUser}:${haproxyUser}`,
        StopSignal: generationStopSignal,
    };
}

/** @returns what the container of a generation may do, without its network */
export function generationHostConfig(front: string) {
    const { volumes } = frontNames(front);
    const mount = (kind: "config" | "run", readOnly: boolean) => ({
        Type: "volume" as const,
        Source: volumes[kind],
        Target: folders[kind],
        ReadOnly: readOnly,
    });
    return {
        Mounts: [mount("config", true), mount("run", false)],
        RestartPolicy: { Name: "always" },
        // HAProxy needs no capability: its ports are above 1024, and it writes only into the volume of the sockets.
        CapDrop: ["ALL"],
        SecurityOpt: ["no-new-privileges"],
        ReadonlyRootfs: true,
        Tmpfs: { "/tmp": scratch },
        // HAProxy logs each failed request. Docker's driver `local` keeps 5 files of 20 MB, compressed.
        LogConfig: { Type: "local", Config: {} },
    };
}

/**
 * Fingerprint of all that a generation is created with, except for its image. A relink that creates generations otherwise
 * replaces those that run, by a hand-over.
 */
export const generationOptions = createHash("sha256")
    .update(JSON.stringify([program("0"), generationHostConfig("")]))
    .digest("hex")
    .slice(0, 12);
