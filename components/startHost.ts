import * as pulumi from "@pulumi/pulumi";

/**
 * Has Pulumi start its dynamic provider host now, beside the program that looks and plans; it would start it for the first
 * resource of ours, after all of that. There is no function of this name: the answer does not matter.
 */
export function startHost(): void {
    pulumi.runtime.invoke("pulumi-nodejs:relink:start", {}).catch(() => {});
}
