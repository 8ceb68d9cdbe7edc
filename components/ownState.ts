import * as pulumi from "@pulumi/pulumi";

/** Pulumi's state of this stack: its resources with their outputs. Secrets are in plain text. */
export class OwnState {
    constructor(private readonly resources: ReadonlyMap<string, Record<string, unknown>>) {}

    /** @returns the outputs of a resource by the end of its type (`Link`) and its name, or undefined. */
    outputsOf(type: string, name: string): Record<string, unknown> | undefined {
        const found = [...this.resources].find(([urn]) => urn.endsWith(`:${type}::${name}`));
        return found?.[1];
    }

    /** @returns the names of all resources of a type. */
    namesOf(type: string): string[] {
        return [...this.resources.keys()].filter(urn => urn.includes(`:${type}::`)).map(urn => urn.split("::").at(-1)!);
    }

    /** @returns whether the state knows a service, by its link: Pulumi makes that resource last. */
    knows(service: string): boolean {
        return this.outputsOf("Link", service) !== undefined;
    }
}

/**
 * Reads the stack's own state through Pulumi's engine, as it was before this run.
 * @returns undefined when the engine or the backend cannot do that
 */
export async function readOwnState(): Promise<OwnState | undefined> {
    try {
        const stackName = `${pulumi.getOrganization()}/${pulumi.getProject()}/${pulumi.getStack()}`;
        const { outputs } = (await pulumi.runtime.invoke("pulumi:pulumi:readStackResourceOutputs", { stackName })) as {
            outputs: Record<string, { outputs?: Record<string, unknown> }>;
        };
        return new OwnState(new Map(Object.entries(outputs).map(([urn, { outputs = {} }]) => [urn, outputs])));
    } catch (error) {
        await pulumi.log.debug(`the stack's own state cannot be read: ${(error as Error).message}`);
        return undefined;
    }
}
