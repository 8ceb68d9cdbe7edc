import type { ServiceAccess } from "../model/ServiceAccess";
import type { ServiceRules } from "../model/ServiceRules";
import { frontUpOf } from "./frontUpOf";
import { frontObserved, readBack } from "./observed";
import { progressFor } from "./progress";
import { acts, type CommonInputs, check } from "./resource";
import { Session } from "./Session";

/** How the rules get to the front. */
export interface UsedFrontAction {
    /** The services of the stack's config. */
    names: string[];
}

/** Inputs of another stack's front that this stack uses. */
export interface UsedFrontInputs extends CommonInputs<UsedFrontAction> {
    /** Name of the front. */
    front: string;
    /** The stack that owns it, `project/stack`. */
    owner: string;
    /** Who may ask, by service. @default everybody */
    access?: Record<string, ServiceAccess>;
    /** What the listeners do for single services, by service. @default nothing */
    services?: Record<string, ServiceRules>;
    /** Hashes of the passwords, by the user's name. */
    __users?: Record<string, string>;
}

/** What the listeners of another stack's front do for this stack's services. They lose it when they are removed themselves. */
export const usedFront = {
    check,

    async create(inputs: UsedFrontInputs) {
        if (acts(undefined, inputs)) {
            await apply(inputs);
        }
        return { id: inputs.front, outs: inputs };
    },

    async update(_id: string, olds: UsedFrontInputs, news: UsedFrontInputs) {
        if (acts(olds, news)) {
            await apply(news);
        }
        return { outs: news };
    },

    async read(id: string, props: UsedFrontInputs) {
        return readBack(id, props, await frontObserved(Session.for(props.__target)));
    },

    async delete() {},
};

async function apply(inputs: UsedFrontInputs): Promise<void> {
    const { __target, __urn, __users: users = {}, __plan: plan, access = {}, services = {} } = inputs;
    if (plan === undefined) {
        throw new Error("The plan for the front has no services. This is a bug in relink; please report it.");
    }
    const { names } = plan;
    const up = frontUpOf(Session.for(__target), progressFor(__urn));
    await up.journal.take();
    up.progress.status("writing and checking what the listeners do for these services");
    await up.generations.configureServices({ names, access, services, users });
}
