import { generationOptions } from "../front/createGeneration";
import { readRecords } from "../journal/RecordStore";
import type { CertificateFile } from "../model/Certificate";
import {
    type AcmeSettings,
    answersChallenges,
    type FrontSettings,
    type ManagedCertificate,
    type PublicRules,
    type TlsListener,
} from "../model/FrontSettings";
import type { ImageIdentity } from "../model/ImageIdentity";
import type { ServiceAccess } from "../model/ServiceAccess";
import type { ServiceRules } from "../model/ServiceRules";
import { frontNames } from "../model/Target";
import { applyFront } from "../up/applyFront";
import { deleteFront } from "../up/deleteFront";
import { frontUpOf } from "./frontUpOf";
import { frontObserved, readBack } from "./observed";
import { progressFor } from "./progress";
import { type CommonInputs, check, failedCreate, incarnationOf, resourceId } from "./resource";
import { Session } from "./Session";

/** What this `up` does about the front's owner. */
export interface FrontAction {
    /** The stack that the front is taken over from. @default none */
    adoptFrom?: string;
    /** Services that leave in this `up` and that not everybody may ask. @default none */
    leaving?: string[];
    /** Which image `image` means. @default a container of the front has it already */
    image?: ImageIdentity;
}

/** Inputs of the front's configuration. */
export interface FrontConfigInputs extends CommonInputs<FrontAction> {
    /** The anchor's container id, because a new anchor needs a new generation. */
    anchor: string;
    /** HAProxy's image, by its name in the stack config. */
    image: string;
    /** What the last hand-over was, for its preview. @default there was none */
    handOver?: string;
    timeouts: FrontSettings["timeouts"];
    /** @default none */
    trustedProxies?: string[];
    /** What the public listener does besides routing. @default nothing */
    rules?: Partial<PublicRules>;
    /** Who may ask, by service. @default everybody */
    access?: Record<string, ServiceAccess>;
    /** What the listeners do for single services, by service. @default nothing */
    services?: Record<string, ServiceRules>;
    /** Hashes of the passwords, by the user's name. */
    __users?: Record<string, string>;
    /** The front's own pages: `maintenance` or a status -> file. @default none */
    pages?: Record<string, string>;
    /** The text of each file of a page. */
    __pages?: Record<string, string>;
    /** HTTPS, and each certificate by its name: for whom, until when, and which. @default none */
    https?: TlsListener & { certificate: Record<string, string>; acme?: AcmeSettings };
    /** The certificates of the authorities of clients, PEM. @default none */
    __clientCa?: string;
    /** The certificates that relink gets itself. @default none */
    __managed?: ManagedCertificate[];
    /** The certificates with their keys. */
    __certificates?: Record<string, CertificateFile>;
    /** Fingerprint of the base configuration, so that Pulumi shows where a newer relink changes it. */
    configuration: string;
    /** The stack's random key, hexadecimal. */
    __key: string;
}

/** The front's generations and its base configuration: global, defaults and listeners. */
export const frontConfig = {
    check,

    async create(inputs: FrontConfigInputs) {
        const { front } = inputs.__target;
        const { engine } = Session.for(inputs.__target);
        const incarnation = (await readRecords(engine, frontNames(front).anchor)).frontIncarnation + 1;
        const id = resourceId(front, incarnation);
        try {
            await apply(inputs, incarnation);
        } catch (error) {
            throw failedCreate(id, inputs, error);
        }
        return { id, outs: inputs };
    },

    async update(_id: string, _olds: FrontConfigInputs, news: FrontConfigInputs) {
        await apply(news);
        return { outs: news };
    },

    async read(id: string, props: FrontConfigInputs) {
        return readBack(id, props, await frontObserved(Session.for(props.__target)));
    },

    async delete(id: string, props: FrontConfigInputs) {
        await deleteFront(upOf(props), incarnationOf(id));
    },
};

/** @param incarnation number of this creation. @default it is not a creation */
async function apply(inputs: FrontConfigInputs, incarnation?: number): Promise<void> {
    const { timeouts, trustedProxies = [], rules, access, https, __plan: plan, __key: key } = inputs;
    const { __certificates: certificates, __managed: managed = [] } = inputs;
    await applyFront(upOf(inputs), {
        kind: { image: { name: inputs.image, identity: plan?.image }, options: generationOptions },
        timeouts,
        trustedProxies,
        rules,
        access,
        services: inputs.services,
        users: inputs.__users,
        leaving: plan?.leaving,
        pages: inputs.pages,
        pageTexts: inputs.__pages,
        tls: https,
        clientCa: inputs.__clientCa,
        certificates,
        managed: { certificates: managed, acme: https?.acme },
        challenges: answersChallenges(https?.acme),
        key: Buffer.from(key, "hex"),
        adoptFrom: plan?.adoptFrom,
        incarnation,
    });
}

function upOf({ __target: target, __urn: urn }: FrontConfigInputs) {
    return frontUpOf(Session.for(target), progressFor(urn));
}
