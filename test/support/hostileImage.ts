import type { Engine } from "../../docker/Engine";
import { packFiles } from "../../haproxy/archive";

// biome-ignore lint/suspicious/noControlCharactersInRegex: what nobody may be shown
export const terminalControls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

/** What an attacker puts into an image. */
export interface HostileImage {
    /** The image that it is made from. */
    from: string;
    /** Name and tag. */
    name: string;
    /** The stack and the front that it claims to be of. */
    stack: string;
    front: string;
    env: string[];
    /** By path, without a slash before it. */
    files: Record<string, string>;
}

/** Makes an image with all labels of relink, and with one that relink does not know. */
export async function makeHostileImage(engine: Engine, wanted: HostileImage): Promise<void> {
    const claims = {
        project: "relink",
        stack: wanted.stack,
        front: wanted.front,
        role: "anchor",
        anchor: "0".repeat(64),
        generation: "99",
        service: "other",
        color: "green",
        slot: "7",
        release: "x",
        "front.image": "other:1",
        "front.address": "10.0.0.1",
        "front.http.port": "1",
        "front.preview.port": "2",
        "front.metrics.port": "3",
        toolchain: "1",
        anything: "else",
    };
    const changes = Object.entries(claims).map(([name, value]) => `LABEL relink.${name}=${value}`);
    const container = await engine.docker.createContainer({ Image: wanted.from, Env: wanted.env });
    await container.putArchive(await packFiles(new Map(Object.entries(wanted.files))), { path: "/" });
    const [repo, tag] = wanted.name.split(":");
    await container.commit({ repo, tag, changes: changes.join("\n") });
    await container.remove();
}
