import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { Engine } from "../../docker/Engine";
import { exec } from "../../docker/exec";
import { readWorld } from "../../look/readWorld";
import { folders } from "../../model/folders";
import { inAnchor } from "../support/leftovers";
import type { TestStack } from "../support/stack";
import { everythingNamedAfter } from "../support/sweep";

/** Resources of a front and its services at one moment: everything that might grow with many releases. */
export interface Usage {
    /** Of this stack, stopped ones included. */
    containers: number;
    /** Containers, networks and volumes that are named after the front, whatever their labels. */
    named: number;
    /** Images on the Docker host that this stack's containers use now, or used at an earlier look. */
    images: number;
    /** In the front's three volumes: files and sockets, and their size. */
    files: number;
    fileKilobytes: number;
    /** The record of the service. */
    recordBytes: number;
    /** Processes and temporary files in the anchor, in which every command of relink runs. */
    anchorProcesses: number;
    anchorTemporaryFiles: number;
    /** HAProxy's containers, its processes, and those of them that are soft-stopped and still finish requests. */
    generations: number;
    haproxyProcesses: number;
    oldWorkers: number;
    /** Of all processes of HAProxy together. */
    haproxyOpenFiles: number;
    haproxyKilobytes: number;
    /** Pulumi's state of the stack. */
    stateKilobytes: number;
}

export type Measure = keyof Usage;

/** Measures a stack with a service `web`. Adds the images that it sees to `images`. */
export async function lookAt(stack: TestStack, images: Set<string>): Promise<Usage> {
    const engine = Engine.connect();
    const { containers, generations, front } = await readWorld(engine, {
        project: "relink",
        stack: stack.name,
        front: stack.front,
    });
    for (const { imageId } of containers) {
        images.add(imageId);
    }
    const present = new Set((await engine.docker.listImages()).map(({ Id }) => Id));
    const named = await everythingNamedAfter(stack.front);
    const [files, kilobytes, recordBytes, processes, temporaryFiles] = (await inAnchor(stack, anchorScript))
        .split("\n")
        .map(Number);
    const haproxy = await Promise.all(generations.map(({ id }) => haproxyProcesses(engine, id)));
    const all = haproxy.flat();
    return {
        containers: containers.length,
        named: named.length,
        images: [...images].filter(id => present.has(id)).length,
        files: files!,
        fileKilobytes: kilobytes!,
        recordBytes: recordBytes!,
        anchorProcesses: processes!,
        anchorTemporaryFiles: temporaryFiles!,
        generations: generations.length,
        haproxyProcesses: all.length,
        oldWorkers: front?.workers.filter(({ old }) => old).length ?? 0,
        haproxyOpenFiles: sum(all.map(({ openFiles }) => openFiles)),
        haproxyKilobytes: sum(all.map(({ kilobytes }) => kilobytes)),
        stateKilobytes: stateKilobytes(stack),
    };
}

/** Open files and resident memory of each process of HAProxy. Its own user may read both. */
async function haproxyProcesses(engine: Engine, id: string): Promise<{ openFiles: number; kilobytes: number }[]> {
    const { stdout, stderr } = await exec(engine, id, ["sh", "-c", haproxyScript]);
    const lines = stdout.trim().split("\n");
    const found = lines.map(line => {
        const [openFiles, kilobytes] = line.split(" ").map(Number);
        return { openFiles: openFiles!, kilobytes: kilobytes! };
    });
    if (found.length < 2 || found.some(({ openFiles, kilobytes }) => !(openFiles > 0 && kilobytes > 0))) {
        throw new Error(`HAProxy's processes could not be measured: ${stdout}${stderr}`);
    }
    return found;
}

function stateKilobytes(stack: TestStack): number {
    const file = join(stack.path, "state", ".pulumi", "stacks", "relink", `${stack.name}.json`);
    return existsSync(file) ? Math.ceil(statSync(file).size / 1024) : 0;
}

function sum(numbers: number[]): number {
    return numbers.reduce((total, number) => total + number, 0);
}

// The two processes that look are not counted.
const anchorScript = `
find ${folders.config} ${folders.run} ${folders.record} ! -type d | wc -l
du -sk ${folders.config} ${folders.run} ${folders.record} | while read -r size path; do echo "$size"; done | {
    total=0; while read -r size; do total=$((total + size)); done; echo "$total"; }
wc -c < ${folders.record}/services/web.json
set -- /proc/[0-9]*; echo $(($# - 1))
find /tmp -type f | wc -l
`;

const haproxyScript = `
for process in /proc/[0-9]*; do
    [ "$(cat "$process/comm" 2>/dev/null)" = haproxy ] || continue
    set -- "$process"/fd/*
    echo "$# $(sed -n 's/^VmRSS:[^0-9]*\\([0-9]*\\).*/\\1/p' "$process/status")"
done
`;
