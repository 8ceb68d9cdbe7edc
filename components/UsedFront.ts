import * as pulumi from "@pulumi/pulumi";
import type { FrontPlan } from "../front/frontPlan";
import type { StackRules } from "../model/StackRules";
import type { Target } from "../model/Target";
import { ProvidedResource, urnOf } from "./dynamic";

export interface UsedFrontArgs {
    target: Target;
    rules: StackRules;
    plan: FrontPlan;
}

/** Another stack's front, which serves this stack's services too (`front.use`). */
export class UsedFront extends pulumi.ComponentResource {
    constructor(name: string, args: UsedFrontArgs, options: pulumi.ComponentResourceOptions) {
        super("relink:index:UsedFront", name, {}, options);
        const { target, rules, plan } = args;
        const { access, services, users } = rules;
        const isSet = (of: object) => Object.keys(of).length > 0;
        new ProvidedResource(
            "usedFront",
            "UsedFront",
            name,
            {
                front: target.front,
                owner: plan.owner,
                access: isSet(access) ? access : undefined,
                services: isSet(services) ? services : undefined,
                act: plan.act,
                __users: isSet(users) ? pulumi.secret(users) : undefined,
                __plan: { names: rules.names },
                __target: target,
                __urn: urnOf(this, "UsedFront", name),
            },
            { parent: this },
        );
        this.registerOutputs();
    }
}
