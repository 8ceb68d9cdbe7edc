import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { type CommandHookSpec, specVariable } from "../hooks/CommandHookSpec";
import { hookEnvironment } from "../hooks/runHook";
import type { Color } from "../model/Color";
import type { CommandHook, DeclaredHooks } from "../model/CommandHook";
import type { HooksSettings } from "../model/HooksSettings";
import { shareOf } from "../model/Live";
import type { Release } from "../model/Release";
import { routeText } from "../model/Route";
import type { Target } from "../model/Target";
import { type HookRun, hookTrigger } from "../plan/hookRuns";
import type { Plan } from "../plan/Plan";
import type { DeploymentAction } from "../up/DeploymentAction";
import type { LinkAction } from "../up/LinkAction";
import { ColorService } from "./ColorService";
import { ProvidedResource, urnOf } from "./dynamic";

export interface BlueGreenServiceArgs {
    target: Target;
    plan: Plan;
    /** How the planned color is deployed. A plan deploys one color at most. */
    deployment: Partial<Record<Color, DeploymentAction>>;
    link: LinkAction;
    /** The user's own steps. */
    hooks: HooksSettings;
    /** The hooks that have a Command in Pulumi's state. */
    declared: DeclaredHooks;
    /** Address of the idle color, for the user's steps. @default undefined (a TCP service has none) */
    previewUrl?: string;
}

/**
 * A service that is released the blue-green way: two colors, and the link that says which one users reach. In one `up`
 * preDeploy runs first. Then the idle color is deployed and proved, prePromotion looks at it, and the link moves.
 */
export class BlueGreenService extends pulumi.ComponentResource {
    /**
     * Whether the plan was carried out. It was not after a failure, which the failed resource reports, nor by an `up` with a
     * `--target` that leaves some of it out. True in a preview.
     */
    readonly released: pulumi.Output<boolean>;

    constructor(name: string, args: BlueGreenServiceArgs, options: pulumi.ComponentResourceOptions) {
        super("relink:index:BlueGreenService", name, {}, options);
        const { plan, target } = args;
        const tell = plan.refusal === undefined ? pulumi.log.info : pulumi.log.warn;
        tell([`${name}: ${plan.sentence}`, ...(plan.steps ?? [])].join("\n  "), this);

        const preDeploy = hookCommand("preDeploy", name, args, { parent: this });
        const color = (color: Color) =>
            new ColorService(
                `${name}-${color}`,
                { target, service: name, color, plan: plan[color], action: withRun(args.deployment[color], preDeploy) },
                { parent: this, dependsOn: preDeploy },
            );
        const blue = color("blue");
        const green = color("green");
        const deployments = [blue.deployment, green.deployment];
        const prePromotion = hookCommand("prePromotion", name, args, { parent: this, dependsOn: deployments });

        const link = this.#link(name, args, prePromotion, [...preDeploy, ...deployments, ...prePromotion]);
        this.released = allOf(name, [
            ...[...preDeploy, ...prePromotion].map(({ urn }) => urn.apply(() => true)),
            ...[blue, green].map(({ asPlanned }) => asPlanned),
            link.has({ link: plan.link.live, share: shareOf(plan.link) }),
        ]);
        this.registerOutputs();
    }

    #link(
        name: string,
        { plan, target, link }: BlueGreenServiceArgs,
        prePromotion: local.Command[],
        dependsOn: pulumi.Resource[],
    ): ProvidedResource {
        return new ProvidedResource(
            "link",
            "Link",
            name,
            {
                service: name,
                link: plan.link.live,
                share: shareOf(plan.link),
                routes: plan.link.routes.map(routeText),
                act: plan.link.act,
                __plan: withRun(link, prePromotion),
                __target: target,
                __urn: urnOf(this, "Link", name),
            },
            { parent: this, dependsOn },
        );
    }
}

/** @returns whether all parts of a service are done. A part that failed is not. */
function allOf(name: string, parts: pulumi.Output<boolean>[]): pulumi.Output<boolean> {
    const failed = (error: Error) => {
        // The failed resource has said why. Under PULUMI_CONTINUE_ON_ERROR the SDK also reports each resource that depends
        // on it, with the stack and the fields of this error. It prints a RunError by its message alone.
        const message = `${name}: not released, see above.`;
        Object.assign(error, new pulumi.RunError(message), { message, stack: message });
        return false;
    };
    return pulumi.all(parts.map(part => pulumi.recover(part, failed))).apply(results => results.every(Boolean));
}

/**
 * One of the user's own steps before the link moves, as a Command, so that the preview shows it. It runs once per
 * promotion. Without a promotion it stays in Pulumi's state as it is, also when the user has edited it.
 */
function hookCommand(
    hook: CommandHook,
    name: string,
    args: BlueGreenServiceArgs,
    options: pulumi.CustomResourceOptions,
): local.Command[] {
    const { plan, target, hooks, previewUrl } = args;
    const settings = hooks[hook];
    if (!plan.hooks.includes(hook)) {
        const kept = { ...options, ignoreChanges: ["*"] };
        return args.declared[hook] ? [new local.Command(`${name}-${hook}`, { create: ":" }, kept)] : [];
    }
    if (settings === undefined) {
        return [];
    }
    const color = targetColor(plan);
    const release = plan[color].release;
    const told = { hook, service: name, color, image: release?.image ?? "", release: release?.id, previewUrl };
    const { command, ...rest } = settings;
    const spec: CommandHookSpec = { settings: rest, target };
    return [
        new local.Command(
            `${name}-${hook}`,
            {
                create: command ?? settings.webhook ?? `GET ${settings.http?.path}`,
                interpreter: ["node", "providers/hook.cjs"],
                triggers: [hookTrigger(plan.promotion)],
                environment: { ...hookEnvironment(told), [specVariable]: JSON.stringify(spec) },
                stdin: secretsFor(release),
                addPreviousOutputInEnv: false,
            },
            options,
        ),
    ];
}

/** Adds the trigger that the hook's Command before the action ran with last. */
function withRun<Action extends HookRun>(
    action: Action | undefined,
    [command]: local.Command[],
): pulumi.Input<Action> | undefined {
    return action && command
        ? command.triggers.apply(triggers => ({ ...action, hookRan: triggers?.[0] as string | undefined }))
        : action;
}

/** @returns the values that a hook may print and that nobody may read: providers/hookCommand.ts removes them. */
function secretsFor(release: Release | undefined): pulumi.Output<string> | undefined {
    const values = Object.values(release?.secretValues ?? {});
    return values.length === 0 ? undefined : pulumi.secret(JSON.stringify(values));
}

/** @returns the color that gets the release: the one that is deployed, else the one that gets the link or a share. */
function targetColor({ blue, green, link }: Plan): Color {
    if (link.walk !== undefined) {
        return link.walk.color;
    }
    return green.act || (!blue.act && link.live === "green") ? "green" : "blue";
}
