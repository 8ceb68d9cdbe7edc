import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { DeploymentAction } from "../providers/Deployment";
import type { LinkAction } from "../providers/Link";
import type { Target } from "../providers/Target";
import type { Plan } from "../release/plan";
import type { Color } from "../settings/Settings";
import { ColorService } from "./ColorService";
import { ProvidedResource, urnOf } from "./dynamic";

export interface BlueGreenServiceArgs {
    target: Target;
    plan: Plan;
    /** How the planned color is deployed; only one of the two ever is. */
    deployment: Partial<Record<Color, DeploymentAction>>;
    link: LinkAction;
    /** The user's `hooks.prePromotion.command`. */
    prePromotion?: string;
    /** Whether the hook's Command is in Pulumi's state. */
    hookDeclared: boolean;
    /** Where the idle color can be looked at. */
    previewUrl: string;
}

/**
 * A service that is released the blue-green way: two colors, and the link that says which one users reach. The order in
 * one `up`: the idle color is deployed and proved, the hook looks at it, then the link moves.
 */
export class BlueGreenService extends pulumi.ComponentResource {
    /** Whether the plan was carried out; false after a failure, which its own row reports. True in a preview. */
    readonly released: pulumi.Output<boolean>;

    constructor(name: string, args: BlueGreenServiceArgs, options: pulumi.ComponentResourceOptions) {
        super("relink:index:BlueGreenService", name, {}, options);
        const { plan, target } = args;
        const tell = plan.refusal === undefined ? pulumi.log.info : pulumi.log.warn;
        tell([`${name}: ${plan.sentence}`, ...(plan.steps ?? [])].join("\n  "), this);

        const color = (color: Color) =>
            new ColorService(
                `${name}-${color}`,
                { target, service: name, color, plan: plan[color], action: args.deployment[color] },
                { parent: this },
            );
        const blue = color("blue");
        const green = color("green");
        const deployments = [blue.deployment, green.deployment];
        const hook = prePromotionHook(name, args, { parent: this, dependsOn: deployments });
        const steps = hook === undefined ? deployments : [...deployments, hook];

        const link = new ProvidedResource(
            "link",
            "Link",
            name,
            {
                service: name,
                link: plan.link.live,
                hosts: plan.link.hosts,
                act: plan.link.act,
                __plan: args.link,
                __target: target,
                __urn: urnOf(this, "Link", name),
            },
            { parent: this, dependsOn: steps },
        );
        const failed = (error: Error) => {
            // Under PULUMI_CONTINUE_ON_ERROR the SDK reports what depends on a failed resource with this error's stack, which
            // tells the user nothing: the resource that failed has said why on its own row.
            error.stack = `${name}: not released, see above.`;
            return false;
        };
        const succeeded = (resource: pulumi.Resource) =>
            pulumi.recover(
                resource.urn.apply(() => true),
                failed,
            );
        this.released = pulumi.all([...steps, link].map(succeeded)).apply(results => results.every(Boolean));
        this.registerOutputs();
    }
}

/**
 * The user's check before the link moves, as a Command, so that the preview shows it. It runs once per promotion; where
 * nothing is promoted it stays exactly as it is in the state, whatever was edited.
 */
function prePromotionHook(
    name: string,
    args: BlueGreenServiceArgs,
    options: pulumi.CustomResourceOptions,
): local.Command | undefined {
    const { promotion } = args.plan;
    if (promotion !== undefined && args.prePromotion !== undefined) {
        const target: Color = args.plan.link.live === "green" ? "green" : "blue";
        return new local.Command(
            `${name}-prePromotion`,
            {
                create: args.prePromotion,
                triggers: [`promotion ${promotion}`],
                environment: {
                    RELINK_SERVICE: name,
                    RELINK_COLOR: target,
                    RELINK_IMAGE: args.plan[target].release?.image ?? "",
                    RELINK_PREVIEW_URL: args.previewUrl,
                },
                addPreviousOutputInEnv: false,
            },
            options,
        );
    }
    return promotion === undefined && args.hookDeclared
        ? new local.Command(`${name}-prePromotion`, { create: ":" }, { ...options, ignoreChanges: ["*"] })
        : undefined;
}
