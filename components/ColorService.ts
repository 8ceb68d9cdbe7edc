import * as pulumi from "@pulumi/pulumi";
import type { Color } from "../model/Color";
import type { Target } from "../model/Target";
import type { ColorPlan } from "../plan/Plan";
import { changedSettings } from "../settings/changedSettings";
import type { DeploymentAction } from "../up/DeploymentAction";
import { ProvidedResource, urnOf } from "./dynamic";

export interface ColorServiceArgs {
    target: Target;
    service: string;
    color: Color;
    /** What the color will hold after this `up`. */
    plan: ColorPlan;
    /** How to get there; unset when nothing changes. */
    action?: pulumi.Input<DeploymentAction>;
}

/** One of the two places where a service's containers run: `blue` or `green`. */
export class ColorService extends pulumi.ComponentResource {
    /** Brings the color to its release. */
    readonly deployment: ProvidedResource;
    /** Whether the color is as the plan says, once this `up` is done. */
    readonly asPlanned: pulumi.Output<boolean>;

    constructor(name: string, args: ColorServiceArgs, options: pulumi.ComponentResourceOptions) {
        super("relink:index:ColorService", name, {}, options);
        const { release, replicas, state } = args.plan;
        this.deployment = new ProvidedResource(
            "deployment",
            "Deployment",
            name,
            {
                service: args.service,
                color: args.color,
                image: release?.image,
                digest: release?.digest,
                release: release?.id,
                replicas,
                state,
                settings: release && changedSettings(release.settings),
                secrets: secretsOf(release),
                act: args.plan.act,
                __plan: args.action,
                __target: args.target,
                __urn: urnOf(this, "Deployment", name),
            },
            { parent: this },
        );
        this.asPlanned = this.deployment.has({ release: release?.id, replicas, state });
        this.registerOutputs();
    }
}

/** @returns undefined without secrets, so that the preview does not mention any. */
function secretsOf(release: ColorPlan["release"]): pulumi.Output<Record<string, string>> | undefined {
    const values = release?.secretValues ?? {};
    return Object.keys(values).length === 0 ? undefined : pulumi.secret(values);
}
