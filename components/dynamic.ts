import * as pulumi from "@pulumi/pulumi";

/**
 * A resource whose provider is code of this project, run by Pulumi's dynamic provider host.
 *
 * Pulumi stores only a constant text with each resource, never serialised code. So an upgrade of relink causes no diff, and
 * `destroy` runs the code on the disk. The path in the text is a contract: docs/decisions/04-constant-providers.md.
 */
export class ProvidedResource extends pulumi.CustomResource {
    constructor(
        provider: "deployment" | "link" | "frontConfig" | "usedFront",
        type: string,
        name: string,
        inputs: pulumi.Inputs,
        options: pulumi.CustomResourceOptions,
    ) {
        super(
            `pulumi-nodejs:dynamic/relink:${type}`,
            name,
            { ...inputs, revision: undefined, __provider: loaderOf(provider) },
            // The provider needs the plan's details. The preview shows the result.
            { ...options, hideDiffs: ["__plan"] },
        );
    }

    /**
     * @returns whether Pulumi's state has these inputs once this `up` is done. It has not when `--target` left the resource
     * out. True in a preview
     */
    has(inputs: Record<string, unknown>): pulumi.Output<boolean> {
        if (pulumi.runtime.isDryRun()) {
            return this.urn.apply(() => true);
        }
        const stored = this as unknown as Record<string, pulumi.Output<unknown>>;
        return pulumi
            .all(Object.keys(inputs).map(name => stored[name]))
            .apply(values => Object.values(inputs).every((value, index) => values[index] === value));
    }
}

function loaderOf(provider: string): string {
    return [
        "exports.handler = () => {",
        '    require("./settings/loadTypeScript");',
        `    return require("./providers/host").${provider};`,
        "};",
    ].join("\n");
}

/** @returns the URN of a resource of ours. Pulumi does not tell it to the provider, which shows progress on that row. */
export function urnOf(parent: pulumi.Resource, type: string, name: string): pulumi.Output<string> {
    return parent.urn.apply(urn => {
        const [stack = "", project = "", parentTypes = ""] = urn.replace(/^urn:pulumi:/, "").split("::");
        return `urn:pulumi:${stack}::${project}::${parentTypes}$pulumi-nodejs:dynamic/relink:${type}::${name}`;
    });
}
