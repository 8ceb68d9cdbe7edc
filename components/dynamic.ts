import * as pulumi from "@pulumi/pulumi";

/**
 * A resource whose provider is code of this project, run by Pulumi's dynamic provider host.
 *
 * What Pulumi stores with each resource is only this constant text, never serialised code: upgrading relink shows up as
 * no diff, and `destroy` always runs what is on the disk. The path in it is a contract:
 * docs/decisions/04-constant-providers.md.
 */
export class ProvidedResource extends pulumi.CustomResource {
    constructor(
        provider: "deployment" | "link" | "frontConfig",
        type: string,
        name: string,
        inputs: pulumi.Inputs,
        options: pulumi.CustomResourceOptions,
    ) {
        super(
            `pulumi-nodejs:dynamic/relink:${type}`,
            name,
            { ...inputs, revision: undefined, __provider: loaderOf(provider) },
            // How it is done is for the provider; the preview shows what will be.
            { ...options, hideDiffs: ["__plan"] },
        );
    }

    /**
     * Whether Pulumi's state has these inputs once this `up` is done: not where `--target` has left the resource out. True
     * in a preview.
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

/** The URN of a resource of ours, for progress on its row: the provider host is not told it. */
export function urnOf(parent: pulumi.Resource, type: string, name: string): pulumi.Output<string> {
    return parent.urn.apply(urn => {
        const [stack = "", project = "", parentTypes = ""] = urn.replace(/^urn:pulumi:/, "").split("::");
        return `urn:pulumi:${stack}::${project}::${parentTypes}$pulumi-nodejs:dynamic/relink:${type}::${name}`;
    });
}
