import { type ContainerFile, readFile, writeFiles } from "../../docker/archive";
import type { Engine } from "../../docker/Engine";
import { StartFailed } from "../../docker/errors";
import { secretsFolder } from "../../model/secretsFolder";
import { type ContainerSpec, secretValue } from "./ContainerSpec";

const numberPattern = /^\d+$/;

/** Writes the spec's secrets into a container that has not started yet: /run/secrets/NAME, readable by its user alone. */
export async function writeSecretFiles(engine: Engine, containerId: string, spec: ContainerSpec): Promise<void> {
    if (spec.release.secrets.length === 0) {
        return;
    }
    const owner = await ownerOf(engine, containerId);
    const files: ContainerFile[] = spec.release.secrets.map(name => ({
        path: `${secretsFolder}/${name}`,
        content: secretValue(spec, name),
        mode: 0o400,
        ...owner,
    }));
    if (spec.release.readOnly) {
        return writeFiles(engine, containerId, files, secretsFolder);
    }
    // With the folder as an entry of its own, because otherwise Docker makes it writable for all.
    await writeFiles(engine, containerId, [{ path: secretsFolder, mode: 0o755 }, ...files]);
}

/** @returns the user and group of the container's process */
async function ownerOf(engine: Engine, containerId: string): Promise<{ uid: number; gid: number }> {
    const { Config: config } = await engine.docker.getContainer(containerId).inspect();
    const [user = "", group] = (config.User ?? "").split(":");
    const gid = group !== undefined && numberPattern.test(group) ? Number(group) : undefined;
    if (user === "" || numberPattern.test(user)) {
        return { uid: Number(user), gid: gid ?? 0 };
    }
    const users = (await readFile(engine, containerId, "/etc/passwd"))?.toString("utf8") ?? "";
    const found = findUser(users, user);
    if (!found) {
        throw new StartFailed("user", `The image has no user "${user}" (none of that name is in its /etc/passwd).`);
    }
    return { uid: found.uid, gid: gid ?? found.gid };
}

/** @returns the ids of a user by the text of an /etc/passwd; undefined where it has no such user */
export function findUser(passwd: string, name: string): { uid: number; gid: number } | undefined {
    for (const line of passwd.split("\n")) {
        const [user, , uid = "", gid = ""] = line.split(":");
        if (user === name && numberPattern.test(uid)) {
            return { uid: Number(uid), gid: numberPattern.test(gid) ? Number(gid) : 0 };
        }
    }
    return undefined;
}
