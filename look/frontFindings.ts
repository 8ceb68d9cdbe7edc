import { editedFiles } from "../haproxy/manifest";
import { type MapName, mapFile } from "../haproxy/names";
import { isDetached } from "../model/Container";
import type { World } from "../model/World";

/** Maps whose entries are restored from HAProxy's memory when somebody edited their file. The plan of a service restores the link. */
export const frontMaps = ["routes", "releases"] as const satisfies MapName[];

/** @returns what somebody changed of the front itself, in words. The next `up` puts it right. */
export function frontFindings(world: World): string[] {
    const { anchor } = world;
    return [
        ...(anchor !== undefined && isDetached(anchor)
            ? [`${anchor.name} was taken off its network, so that nobody is served`]
            : []),
        ...editedFrontFiles(world).map(path => `HAProxy's file ${path} was edited`),
    ];
}

/** @returns the edited files that belong to no service. */
export function editedFrontFiles({ files }: World): string[] {
    const maps: string[] = frontMaps.map(mapFile);
    const edited = files === undefined ? [] : editedFiles(files);
    return edited.filter(path => /^(conf\/[01]|pages\/|data\/)/.test(path) || maps.includes(path));
}
