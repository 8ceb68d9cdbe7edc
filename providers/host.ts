import { endAll } from "./atEnd";
import { discreetly, learnSecrets } from "./discretion";
import { parentIsGone } from "./parent";
import { configureRegistries } from "./registryCredentials";
import { reported } from "./reporting";
import { type CommonInputs, check } from "./resource";

/**
 * The module that Pulumi's dynamic provider host loads (components/dynamic.ts). One process serves one preview or up. Pulumi
 * ends it with SIGINT at the end of each of them, not only at Ctrl-C.
 */

// biome-ignore lint/suspicious/noExplicitAny: the methods of Pulumi's dynamic providers have as many signatures
type Methods = Record<string, (...args: any[]) => Promise<any>>;

let busy = 0;
let ending = false;
let ended: Promise<never> | undefined;

/** How long a busy host may go on after SIGINT, milliseconds. Pulumi then kills it (pulumi@1b594989, plugin.go). */
const graceMs = 4_500;

process.on("SIGINT", () => {
    ending = true;
    if (busy === 0) {
        void end();
    } else {
        setTimeout(() => void end(), graceMs).unref();
    }
});

/** Time between two looks whether the CLI still runs, milliseconds. */
const parentLookMs = 1_000;

// A kill -9 of the CLI sends no signal to this process. A procedure that runs stops by itself at its next step (Session.enter).
setInterval(() => {
    if (parentIsGone()) {
        ending = true;
        if (busy === 0) {
            void end();
        }
    }
}, parentLookMs).unref();

type StackConfig = { get(key: string): string | undefined };

let stackConfig: StackConfig | undefined;
let learning: Promise<void> | undefined;

/** Pulumi calls this once per provider, before any other method, with the whole stack config and its secrets decrypted. */
async function configure({ config }: { config: StackConfig }): Promise<void> {
    configureRegistries(config);
    learnSecrets(config);
    stackConfig = config;
}

/** Only a method that acts asks for the lease, so nothing is loaded for it before. */
function lockTimeoutKnown(): Promise<void> {
    learning ??= import("./lockTimeout").then(({ learnLockTimeout }) => {
        learnLockTimeout(stackConfig ?? { get: () => undefined });
    });
    return learning;
}

/** The methods that an `up` with nothing to do does not call. */
const acting = ["create", "update", "read", "delete"];

/** @param load loads the provider, before the first call of a method that does more than check */
function provider(load: () => Promise<Methods>): Methods & { configure: typeof configure } {
    const methods = Object.fromEntries(
        acting.map(name => [
            name,
            async (...args: unknown[]) => {
                await lockTimeoutKnown();
                return (await load())[name]?.(...args);
            },
        ]),
    ) as Methods;
    return { ...counted({ ...methods, check: checkNoted, delete: deleteBy(methods) }), configure };
}

/** An `up` checks resources before it deletes any; a `pulumi destroy` checks none. */
let hasChecked = false;

const checkNoted: typeof check = (olds, news) => {
    hasChecked = true;
    return check(olds, news);
};

/** @returns the deletion of a resource, which a destroy may have to refuse */
function deleteBy(methods: Methods) {
    return async (id: string, props: CommonInputs<unknown>) => {
        if (!hasChecked && !props.__target.uses) {
            const { requireDestroyable } = await import("./requireDestroyable");
            await requireDestroyable(props.__target);
        }
        return methods.delete?.(id, props);
    };
}

/** Counts the calls that run, so that the host can exit at once where there are none. */
function counted(methods: Methods): Methods {
    const wrapped = Object.entries(methods).map(([name, method]) => [
        name,
        async (...args: unknown[]) => {
            busy++;
            try {
                return await reported(name, args, () => discreetly(() => method(...args)));
            } finally {
                busy--;
                if (ending && busy === 0) {
                    // After the answer has been sent.
                    setImmediate(() => void end());
                }
            }
        },
    ]);
    return Object.fromEntries(wrapped);
}

/** Gives back the leases of this process, and exits. */
function end(): Promise<never> {
    ended ??= endAll().then(() => process.exit(0));
    return ended;
}

// The providers, by the names in the program's resources (components/dynamic.ts).
export const deployment = provider(async () => (await import("./Deployment")).deployment);
export const link = provider(async () => (await import("./Link")).link);
export const frontConfig = provider(async () => (await import("./FrontConfig")).frontConfig);
export const usedFront = provider(async () => (await import("./UsedFront")).usedFront);
