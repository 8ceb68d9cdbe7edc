import { deployment as deploymentProvider } from "./Deployment";
import { discreetly, learnSecrets } from "./discretion";
import { frontConfig as frontConfigProvider } from "./FrontConfig";
import { link as linkProvider } from "./Link";
import { parentIsGone } from "./parent";
import { configureRegistries } from "./registryCredentials";
import { endReport, reported } from "./reporting";
import { Session } from "./Session";

/**
 * What Pulumi's dynamic provider host loads (components/dynamic.ts). One process serves one preview or up; Pulumi ends it
 * with SIGINT at the end of every one of them, not only at Ctrl-C.
 */

// biome-ignore lint/suspicious/noExplicitAny: the methods of Pulumi's dynamic providers have as many signatures
type Methods = Record<string, (...args: any[]) => Promise<any>>;

let busy = 0;
let ending = false;
let ended: Promise<never> | undefined;

/** Milliseconds that a busy host has after SIGINT before Pulumi kills it (pulumi@1b594989, plugin.go). */
const graceMs = 4_500;

process.on("SIGINT", () => {
    ending = true;
    if (busy === 0) {
        void end();
    } else {
        setTimeout(() => void end(), graceMs).unref();
    }
});

/** How often to look whether the CLI is still there. */
const parentLookMs = 1_000;

// After a kill -9 of the CLI nobody sends a signal. What is under way stops at its next step by itself (Session.enter).
setInterval(() => {
    if (parentIsGone()) {
        ending = true;
        if (busy === 0) {
            void end();
        }
    }
}, parentLookMs).unref();

/** Called once per provider, before anything else, with the whole stack config, secrets decrypted. */
async function configure({ config }: { config: { get(key: string): string | undefined } }): Promise<void> {
    configureRegistries(config);
    learnSecrets(config);
}

/** Counts what is under way, so that the host exits at once when there is nothing. */
function counted<T extends object>(provider: T): T & { configure: typeof configure } {
    const methods = provider as unknown as Methods;
    const wrapped = Object.entries(methods).map(([name, method]) => [
        name,
        async (...args: unknown[]) => {
            busy++;
            try {
                return await reported(name, args, () => discreetly(() => method(...args)));
            } finally {
                busy--;
                if (ending && busy === 0) {
                    // Only after the answer has gone out.
                    setImmediate(() => void end());
                }
            }
        },
    ]);
    return Object.fromEntries([...wrapped, ["configure", configure]]) as T & { configure: typeof configure };
}

/** Gives back what this process holds and exits. */
function end(): Promise<never> {
    ended ??= Promise.allSettled([endReport(), ...Session.all().map(session => session.end())]).then(() =>
        process.exit(0),
    );
    return ended;
}

export const deployment = counted(deploymentProvider);
export const link = counted(linkProvider);
export const frontConfig = counted(frontConfigProvider);
