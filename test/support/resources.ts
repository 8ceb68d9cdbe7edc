import { expectSuccess } from "./command";
import type { TestStack } from "./stack";

/** The URNs of a stack's resources, by `TYPE NAME` without the types of parents, e.g. `Link web`. */
export async function urnsOf(stack: TestStack): Promise<Map<string, string>> {
    const { stdout } = expectSuccess(await stack.pulumi(["stack", "export"]));
    const { deployment } = JSON.parse(stdout) as { deployment: { resources?: { urn: string }[] } };
    return new Map(
        (deployment.resources ?? []).map(({ urn }) => {
            const [, , types = "", name = ""] = urn.replace(/^urn:pulumi:/, "").split("::");
            return [`${types.split(/[$:]/).at(-1)} ${name}`, urn];
        }),
    );
}

/** The URN of one resource. */
export async function urnOf(stack: TestStack, resource: string): Promise<string> {
    const urns = await urnsOf(stack);
    const urn = urns.get(resource);
    if (urn === undefined) {
        throw new Error(`the stack has no ${resource}, only ${[...urns.keys()].join(", ")}`);
    }
    return urn;
}
