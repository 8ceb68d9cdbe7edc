import axios from "axios";
import type { HookSettings, HttpCheck } from "../model/HooksSettings";
import { withoutControls } from "../text/withoutControls";
import { withoutSecrets } from "../text/withoutSecrets";
import { poll } from "../time/poll";
import type { Ask, HookContext, HookOutcome } from "../up/Hooks";
import { runUserCommand } from "./userCommand";

/** Pause between two tries, milliseconds. */
const retryMs = 1_000;
/** How many of a command's last lines a message repeats. */
const lastLines = 20;

/**
 * Runs a hook, with its retries and its timeout.
 * @param ask sends an HTTP check's request
 * @param secretValues removed from its output
 * @param show gets each line that a command prints. @default lines are dropped
 * @returns how the last try ended
 */
export async function runHook(
    hook: HookSettings,
    context: HookContext,
    ask: Ask,
    secretValues: Iterable<string>,
    show: (line: string) => void = () => {},
): Promise<HookOutcome> {
    const values = [...secretValues];
    const discreet = (text: string) => withoutSecrets(text, values);
    return poll(
        async count => {
            const { kind, text } = await once(hook, context, ask, line => show(discreet(line)));
            const outcome = { kind, text: discreet(text) };
            if (outcome.kind === "passed" || count > hook.retries) {
                const tries = count === 1 ? "" : ` (${count} tries)`;
                return { ...outcome, text: `hooks.${context.hook}: ${outcome.text}${tries}` };
            }
            show(`${outcome.text}; trying again`);
            return undefined;
        },
        { firstMs: retryMs },
    );
}

/** The variables in which a command gets the hook's context. */
const variables: Record<keyof HookContext, string> = {
    hook: "RELINK_HOOK",
    service: "RELINK_SERVICE",
    color: "RELINK_COLOR",
    image: "RELINK_IMAGE",
    release: "RELINK_RELEASE",
    previewUrl: "RELINK_PREVIEW_URL",
    url: "RELINK_URL",
    reason: "RELINK_REASON",
};

/** @returns the environment variables of a command that hold its context */
export function hookEnvironment(context: HookContext): Record<string, string> {
    const entries = Object.entries(context) as [keyof HookContext, string | undefined][];
    return Object.fromEntries(
        entries.flatMap(([key, value]) => (value === undefined ? [] : [[variables[key], value] as const])),
    );
}

/** Reads the context from the variables of {@link hookEnvironment}. */
export function hookContext(environment: NodeJS.ProcessEnv): HookContext {
    const entries = Object.entries(variables).map(([key, variable]) => [key, environment[variable]] as const);
    return Object.fromEntries(entries) as unknown as HookContext;
}

async function once(
    hook: HookSettings,
    context: HookContext,
    ask: Ask,
    show: (line: string) => void,
): Promise<HookOutcome> {
    if (hook.command !== undefined) {
        return command(hook, hook.command, context, show);
    }
    if (hook.webhook !== undefined) {
        return webhook(hook, hook.webhook, context);
    }
    if (hook.http !== undefined) {
        return http(hook, hook.http, ask);
    }
    throw new Error("A hook without command, webhook and http was run. This is a bug in relink; please report it.");
}

async function command(
    hook: HookSettings,
    text: string,
    context: HookContext,
    show: (line: string) => void,
): Promise<HookOutcome> {
    const printed: string[] = [];
    const { exitCode, isLate, error } = await runUserCommand({
        command: text,
        env: hookEnvironment(context),
        timeoutMs: hook.timeoutMs,
        show(written) {
            const line = withoutControls(written);
            if (line.trim() !== "") {
                printed.push(line);
                show(line);
            }
        },
    });
    const said = printed.slice(-lastLines).map(line => `\n    ${line}`);
    if (error !== undefined) {
        return { kind: "unknown", text: `could not be started: ${error}` };
    }
    if (isLate) {
        return late(hook, said.join(""));
    }
    if (exitCode === 0) {
        return { kind: "passed", text: "passed" };
    }
    const how = exitCode === undefined ? "was ended by a signal" : `failed with exit code ${exitCode}`;
    return { kind: "failed", text: `${how}${said.length ? ":" : ""}${said.join("")}` };
}

async function webhook(hook: HookSettings, url: string, context: HookContext): Promise<HookOutcome> {
    const signal = AbortSignal.timeout(hook.timeoutMs);
    try {
        const { status } = await axios.post(url, context, {
            signal,
            validateStatus: () => true,
            maxRedirects: 0,
            headers: { "User-Agent": "relink" },
        });
        return status >= 200 && status <= 299
            ? { kind: "passed", text: `the webhook answered ${status}` }
            : { kind: "failed", text: `the webhook answered ${status}` };
    } catch (error) {
        // Only the host, because the rest of a webhook's URL is often a password.
        const { message } = error as Error;
        return signal.aborted
            ? late(hook)
            : { kind: "unknown", text: `${new URL(url).host} did not answer: ${message}` };
    }
}

async function http(hook: HookSettings, { path, status, body, header }: HttpCheck, ask: Ask): Promise<HookOutcome> {
    const started = Date.now();
    let answer: Awaited<ReturnType<Ask>>;
    try {
        answer = await ask(path, hook.timeoutMs);
    } catch (error) {
        return Date.now() - started >= hook.timeoutMs
            ? late(hook)
            : { kind: "unknown", text: (error as Error).message };
    }
    const [, name = "", wanted] = header?.match(/^(.*?): (.*)$/) ?? [];
    const problems = [
        answer.status < status.from || answer.status > status.to ? `status ${answer.status}` : undefined,
        body !== undefined && !answer.body.includes(body) ? `no "${body}" in the body` : undefined,
        wanted !== undefined && answer.headers[name.toLowerCase()] !== wanted
            ? `header ${name}: ${answer.headers[name.toLowerCase()] ?? "none"}`
            : undefined,
    ].filter(problem => problem !== undefined);
    return problems.length === 0
        ? { kind: "passed", text: `GET ${path} passed` }
        : { kind: "failed", text: `GET ${path} was answered with ${problems.join(", ")}` };
}

function late({ onTimeout, timeoutMs }: HookSettings, said = ""): HookOutcome {
    const kind = ({ hold: "unknown", rollback: "failed", continue: "passed" } as const)[onTimeout];
    return { kind, text: `did not end within ${timeoutMs / 1000} s (timeout)${said}` };
}
