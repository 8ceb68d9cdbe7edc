import type { Engine } from "../docker/Engine";
import { silencedLabels } from "../docker/labels";
import type { ContainerInfo } from "../model/Container";
import { folders } from "../model/folders";
import { frontNames, stackLabels, type Target } from "../model/Target";
import { openFiles } from "./global";
import { generationScript, generationStopSignal, haproxyArguments, haproxyUser } from "./watchdog";

/** Options of the file system for the only file in a generation's own container, a process id. */
const scratch = "size=1m,noexec,nosuid,nodev,mode=1777";

/** Creates a container with HAProxy in the anchor's network namespace, and starts it. */
export async function createGeneration(
    engine: Engine,
    target: Target,
    number: number,
    { id: anchorId, imageId }: ContainerInfo,
): Promise<void> {
    const container = await engine.docker.createContainer({
        name: frontNames(target.front).generation(number),
        Image: imageId,
        Entrypoint: ["sh", "-c", generationScript, "relink"],
        Cmd: haproxyArguments(String(number)),
        User: `${haproxyUser}:${haproxyUser}`,
        StopSignal: generationStopSignal,
        Labels: {
            ...(await silencedLabels(engine, imageId)),
            ...stackLabels(target),
            "relink.front": target.front,
            "relink.generation": String(number),
            "relink.anchor": anchorId,
        },
        HostConfig: hostConfig(target.front, anchorId),
    });
    await container.start();
}

function hostConfig(front: string, anchorId: string) {
    const { volumes } = frontNames(front);
    const mount = (kind: "config" | "run", readOnly: boolean) => ({
        Type: "volume" as const,
        Source: volumes[kind],
        Target: folders[kind],
        ReadOnly: readOnly,
    });
    return {
        NetworkMode: `container:${anchorId}`,
        Mounts: [mount("config", true), mount("run", false)],
        RestartPolicy: { Name: "always" },
        // HAProxy needs no capability: its ports are above 1024, and it writes only into the volume of the sockets.
        CapDrop: ["ALL"],
        SecurityOpt: ["no-new-privileges"],
        ReadonlyRootfs: true,
        Tmpfs: { "/tmp": scratch },
        // HAProxy logs each failed request. Docker's driver `local` keeps 5 files of 20 MB, compressed.
        LogConfig: { Type: "local", Config: {} },
        Ulimits: [{ Name: "nofile", Soft: openFiles, Hard: openFiles }],
    };
}
