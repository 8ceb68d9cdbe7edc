import { text } from "node:stream/consumers";
import { Dialer, request } from "../docker/dialer";
import { Engine } from "../docker/Engine";
import { listenerPorts } from "../front/listeners";
import { type CommandHookSpec, specVariable } from "../hooks/CommandHookSpec";
import { hookContext, runHook } from "../hooks/runHook";
import { readWorld } from "../look/readWorld";
import type { Target } from "../model/Target";
import { parsePrivateJson } from "../text/privateJson";
import type { Ask } from "../up/Hooks";

/**
 * Runs a hook before the promotion, in a process that @pulumi/command has started for it.
 * @returns the exit code: 0 where the hook passed, 1 where it failed, 2 where it could not be asked
 */
export async function main(): Promise<number> {
    const secretValues = await secretsFrom(process.stdin);
    const { settings, target } = JSON.parse(process.env[specVariable] ?? "{}") as CommandHookSpec;
    delete process.env[specVariable];
    const isCommand = settings.webhook === undefined && settings.http === undefined;
    const hook = { ...settings, command: isCommand ? process.argv.at(-1) : undefined };
    const context = hookContext(process.env);
    const outcome = await runHook(hook, context, previewOf(target, context.service), secretValues, line =>
        console.log(line),
    );
    if (outcome.kind === "passed") {
        console.log(outcome.text);
        return 0;
    }
    console.error(`${context.service}: ${outcome.text}. Nothing was switched`);
    return outcome.kind === "failed" ? 1 : 2;
}

async function secretsFrom(input: NodeJS.ReadableStream): Promise<string[]> {
    const json = await text(input);
    return json === "" ? [] : (parsePrivateJson(json) as string[]);
}

/** @returns a function that sends a request to the idle color, through the preview listener. It connects when it is called. */
function previewOf(target: Target, service: string): Ask {
    return async (path, timeoutMs) => {
        const engine = Engine.connect(target.host);
        const { anchor } = await readWorld(engine, target);
        if (anchor?.address === undefined) {
            throw new Error("the front is not running");
        }
        const dialer = new Dialer(engine, anchor.id);
        const { address } = anchor;
        const headers = { host: `${service}.localhost` };
        return request(dialer, { address, port: listenerPorts.preview, path, headers, timeoutMs });
    };
}
