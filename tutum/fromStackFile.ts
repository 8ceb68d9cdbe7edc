import type { TutumService } from "./Conversion";
import type { ConvertedStack } from "./ConvertedStack";
import { chooseServices } from "./colors";
import { mapContainers } from "./containers";
import { Draft } from "./Draft";
import { fromTutumEnvironment } from "./fromTutumEnvironment";
import { candidatesOf, haproxyOf } from "./links";
import { publish } from "./publish";
import { StackFile } from "./StackFile";

/** What the file does not say, or what relink is to do without. */
export interface StackOptions {
    /** The service that is live, where the file leaves it open. @default undefined (the file says it) */
    live?: string;
    /** Variables and keys to leave out, `SERVICE.NAME`. @default [] */
    ignore?: readonly string[];
    env?: NodeJS.ProcessEnv;
}

/**
 * Converts the definition of a stack with Tutum's HAProxy.
 *
 * @param path of the file: a stack of Tutum or Docker Cloud, or a Compose file
 * @throws ComposeError for a file that is not one
 */
export function fromStackFile(path: string, { live, ignore = [], env = {} }: StackOptions = {}): ConvertedStack {
    const file = StackFile.read(path, env);
    const haproxy = haproxyOf(file, ignore);
    const { chosen, problems, notes } = chooseServices(candidatesOf(file, haproxy, ignore), live);
    for (const { live: one, idle } of chosen) {
        for (const service of [haproxy.service, one.service, ...(idle === undefined ? [] : [idle.service])]) {
            file.leaves.add(service);
        }
    }
    const linked = chosen.map(({ name, live: { service, variables } }): TutumService => ({ service, name, variables }));
    const to = fromTutumEnvironment(haproxy, linked);
    publish(file.service(haproxy.service), to);
    const containers = new Map(
        chosen.map(one => [one.name, mapContainers(one, file, keysOf(one.live.service, ignore))] as const),
    );
    const draft = new Draft(file, to, chosen, containers);
    draft.say(problems, notes);
    return draft.converted();
}

function keysOf(service: string, ignore: readonly string[]): string[] {
    return ignore.filter(key => key.startsWith(`${service}.`)).map(key => key.slice(service.length + 1));
}
