import { createRequire } from "node:module";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";

/** A resource as Pulumi's engine would get it from the program. */
export interface Registered {
    type: string;
    name: string;
    /** Name of the parent. */
    parent: string;
    inputs: Record<string, unknown>;
    dependsOn: string[];
    ignoreChanges: string[];
    hideDiffs: string[];
    /** Name of the explicit provider. */
    provider: string;
}

export interface ProgramRun {
    resources: Registered[];
    outputs: Record<string, unknown>;
}

const root = join(__dirname, "../..");
const load = createRequire(join(root, "package.json"));
// The program loads TypeScript in this way. Vitest's own way does not know `export =`.
load("./startup/loadTypeScript");

const secretSignature = "4dabf18193072939515e22adb298388d";

/** @returns whether a value is marked as a secret in Pulumi's protocol */
export function isSecret(value: unknown): boolean {
    return typeof value === "object" && value !== null && secretSignature in value;
}

/** @returns the value without the values of its secrets */
export function withoutSecrets(value: unknown): unknown {
    if (typeof value !== "object" || value === null) {
        return value;
    }
    if (isSecret(value)) {
        return "[secret]";
    }
    return Array.isArray(value)
        ? value.map(withoutSecrets)
        : Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutSecrets(inner)]));
}

/**
 * Runs index.ts with Pulumi's mocks for the engine. It looks at the real Docker Engine, which has nothing of a stack with a
 * new name.
 *
 * @param config the stack's config without `relink:` in front of the keys
 * @param options.others keys of other programs in the stack's config
 */
export async function runProgram(
    config: Record<string, unknown>,
    {
        stack,
        preview = false,
        others = {},
        left = {},
    }: {
        stack: string;
        preview?: boolean;
        others?: Record<string, string>;
        /** Resources that `--target` leaves out, by name, with what Pulumi's state has of them. */
        left?: Record<string, Record<string, unknown>>;
    },
): Promise<ProgramRun> {
    const resources: Registered[] = [];
    await pulumi.runtime.setMocks(
        {
            newResource: ({ name, inputs }) => ({ id: `id-of-${name}`, state: { ...inputs, ...left[name] } }),
            call: ({ token }) => {
                throw new Error(`not mocked: ${token}`);
            },
        },
        "relink",
        stack,
        preview,
    );
    const monitor = pulumi.runtime.getMonitor() as unknown as {
        registerResource(request: RegisterResourceRequest, callback: unknown): void;
    };
    const register = monitor.registerResource.bind(monitor);
    monitor.registerResource = (request, callback) => {
        resources.push({
            type: request.getType(),
            name: request.getName(),
            parent: nameIn(request.getParent()),
            inputs: request.getObject()?.toJavaScript() ?? {},
            dependsOn: request.getDependenciesList().map(nameIn).sort(),
            ignoreChanges: request.getIgnorechangesList(),
            hideDiffs: request.getHidediffsList(),
            provider: request.getProvider().split("::").at(-2) ?? "",
        });
        register(request, callback);
    };
    const texts = Object.entries(config).map(([key, value]) => [
        `relink:${key}`,
        typeof value === "string" ? value : JSON.stringify(value),
    ]);
    pulumi.runtime.setAllConfig({ ...Object.fromEntries(texts), ...others });
    const program = load("./index.ts") as () => Promise<Record<string, unknown>>;
    const outputs = await program();
    const resolved = await promised(pulumi.output(outputs));
    return { resources, outputs: resolved as Record<string, unknown> };
}

function nameIn(urn: string): string {
    return urn.split("::").at(-1) ?? "";
}

function promised<T>(output: pulumi.Output<T>): Promise<unknown> {
    return new Promise(resolve => void output.apply(resolve));
}
