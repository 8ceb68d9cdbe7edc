import { randomUUID } from "node:crypto";
import { writeFiles } from "../docker/archive";
import { lastLogLines } from "../docker/containers";
import type { Engine } from "../docker/Engine";
import { statusOf, wordsOf } from "../docker/errors";
import { silencedLabels } from "../docker/labels";
import { currentFolder } from "../haproxy/names";
import type { ContainerInfo } from "../model/Container";
import { frontNames, stackLabels, type Target } from "../model/Target";
import type { ImageTrial } from "../up/FrontGenerations";
import { parseCheck, sentencesOf } from "./check";
import { generationHostConfig } from "./createGeneration";
import { haproxyUser } from "./watchdog";

/** The oldest HAProxy that relink runs with. */
const oldest = { major: 3, minor: 0 };
/** Where the wanted files are in the container of a trial. */
const trialFolder = "/relink-trial";
/** Label `relink.role` of such a container. */
const trialRole = "trial";
/** How long HAProxy may take to check its files, milliseconds. */
const trialMs = 60_000;

/** Prints HAProxy's version, and what it says of the files in force and of those in the folder `$2`. */
const trialScript = `haproxy -v 2>&1 || exit
echo "$1 version $?"
haproxy -c -f ${currentFolder}/conf 2>&1
echo "$1 present $?"
haproxy -c -f "$2/conf" 2>&1
echo "$1 wanted $?"`;

/** @returns whether a container was left by an `up` that died while it tried an image */
export function isTrial({ labels }: ContainerInfo): boolean {
    return labels["relink.role"] === trialRole && !labels["relink.service"];
}

/**
 * Has the HAProxy of an image check the files in force and others, in a container that may do what a generation may. It is in the
 * anchor's network namespace: HAProxy looks up the names of a user's own lines, as in `log logs:514 local0`.
 * @param wanted HAProxy's files as they will be, path inside their folder -> text
 */
export async function tryImage(
    engine: Engine,
    target: Target,
    imageId: string,
    wanted: ReadonlyMap<string, string>,
): Promise<ImageTrial> {
    const marker = randomUUID();
    const { anchor } = frontNames(target.front);
    const { Mounts, RestartPolicy: _, ReadonlyRootfs: __, ...rights } = generationHostConfig(target.front);
    const container = await engine.docker.createContainer({
        name: `${target.front}-trial-${marker.slice(0, 8)}`,
        Image: imageId,
        Entrypoint: ["sh", "-c", trialScript, "relink"],
        Cmd: [marker, trialFolder],
        User: `${haproxyUser}:${haproxyUser}`,
        Labels: {
            ...(await silencedLabels(engine, imageId)),
            ...stackLabels(target),
            "relink.front": target.front,
            "relink.role": trialRole,
        },
        HostConfig: {
            ...rights,
            NetworkMode: `container:${anchor}`,
            Mounts: Mounts.filter(({ ReadOnly }) => ReadOnly),
        },
    });
    try {
        const files = [...wanted].map(([path, content]) => ({
            path: `${trialFolder}/${path}`,
            content: content.replaceAll(`${currentFolder}/`, `${trialFolder}/`),
        }));
        await writeFiles(engine, container.id, files);
        const problem = await run(container);
        const lines = await lastLogLines(engine, container.id, [], 2_000);
        return problem === undefined ? judge(lines, marker, wanted) : { refusal: problem };
    } finally {
        await container.remove({ force: true, v: true });
    }
}

/** @returns why the container did not run to its end */
async function run(container: ReturnType<Engine["docker"]["getContainer"]>): Promise<string | undefined> {
    try {
        await container.start();
    } catch (error) {
        if (statusOf(error) === undefined) {
            throw error;
        }
        return /executable file not found|no such file/i.test(wordsOf(error))
            ? "has no shell (sh), which relink starts HAProxy with"
            : `does not start: ${wordsOf(error)}`;
    }
    const timeout = AbortSignal.timeout(trialMs);
    try {
        await container.wait({ abortSignal: timeout });
    } catch (error) {
        if (!timeout.aborted) {
            throw error;
        }
        return `has not checked the configuration within ${trialMs / 1000} s`;
    }
    return undefined;
}

function judge(lines: string[], marker: string, wanted: ReadonlyMap<string, string>): ImageTrial {
    const part = (name: string) => {
        const end = lines.findIndex(line => line.startsWith(`${marker} ${name} `));
        const before = lines.slice(0, Math.max(0, end));
        const begin = before.map(line => line.startsWith(marker)).lastIndexOf(true);
        return end < 0
            ? undefined
            : { passed: lines[end]!.endsWith(" 0"), text: lines.slice(begin + 1, end).join("\n") };
    };
    const [major, minor] =
        /HAProxy version (\d+)\.(\d+)/
            .exec(part("version")?.text ?? "")
            ?.slice(1)
            .map(Number) ?? [];
    if (major === undefined || minor === undefined) {
        return { refusal: whyNone(lines.join(" ")) };
    }
    const version = `${major}.${minor}`;
    if (major < oldest.major || (major === oldest.major && minor < oldest.minor)) {
        return { refusal: `has HAProxy ${version}, and relink needs ${oldest.major}.${oldest.minor} or later` };
    }
    const problem = (name: string, files: ReadonlyMap<string, string>) => {
        const found = part(name);
        return found?.passed ? undefined : sentencesOf(parseCheck(found?.text ?? "", files));
    };
    return { version, present: problem("present", new Map()), wanted: problem("wanted", wanted) };
}

/** @param said what the shell said in the place of HAProxy's version */
function whyNone(said: string): string {
    if (/operation not permitted/i.test(said)) {
        return "has a haproxy with file capabilities (getcap shows them), which relink does not grant: setcap -r removes them";
    }
    if (/not found/i.test(said)) {
        return "has no program haproxy";
    }
    return `does not say which HAProxy it has: ${said.slice(0, 300) || "nothing"}`;
}
