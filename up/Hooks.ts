import type { HookSettings, HooksSettings } from "../model/HooksSettings";
import type { CommandOutcome } from "./CommandOutcome";
import type { Response } from "./Front";

/** What a hook is told: the environment of a command, or the body of a webhook. */
export interface HookContext {
    hook: keyof HooksSettings;
    service: string;
    color: string;
    image: string;
    release?: string;
    /** Where the idle color can be looked at. */
    previewUrl?: string;
    /** Where users reach the service. */
    url?: string;
    /** Why the link was moved back. */
    reason?: string;
}

/** Sends a request to the new release, where the hook reaches it. */
export type Ask = (path: string, timeoutMs: number) => Promise<Response>;

/** How a hook ended: it said yes, it said no, or it could not be asked. Only a no moves a link back. */
export interface HookOutcome {
    kind: "passed" | "failed" | "unknown";
    /** For the user. */
    text: string;
}

/** One run of a hook. */
export interface HookRequest {
    settings: HookSettings;
    context: HookContext;
    ask: Ask;
    /** Values that are taken out of everything that the hook says. */
    secretValues: Iterable<string>;
    /** Gets each line that a command prints. @default nothing */
    show?: (line: string) => void;
}

/** The user's own steps. */
export interface Hooks {
    /** Runs a hook, with its retries and its timeout. */
    run(request: HookRequest): Promise<HookOutcome>;

    /** Runs a line for `/bin/sh` on this machine. It is ended at `timeoutMs`, milliseconds. */
    command(command: string, timeoutMs: number): Promise<CommandOutcome>;
}
