import assert from "node:assert/strict";
import { type ContainerInfo, isDetached } from "../../model/Container";
import { generationLabels } from "../../model/FrontImage";
import type { ObservedColor, ObservedService } from "../../model/ObservedService";
import type { CertificateRecords } from "../../model/RecordedCertificate";
import { stackLabels } from "../../model/Target";
import type { BaseSettings, FrontGenerations, SeenFront, SeenGeneration, SeenStack } from "../../up/FrontGenerations";
import type { FrontJournal } from "../../up/FrontJournal";
import type { FrontUp } from "../../up/FrontUp";
import { SimulatedAuthority } from "./SimulatedAuthority";
import { containerOf, type Haproxies, SimulatedHaproxies } from "./SimulatedHaproxies";

const address = "10.0.0.2";

/** What an `up` of a dead process throws at each call. */
export class Dead extends Error {}

/** What the front of a simulation begins with. */
export interface Beginning extends Haproxies {
    anchor?: Partial<ContainerInfo>;
    readers?: string[];
    /** Containers of services. */
    others?: string[];
    services?: ObservedService[];
    /** Other stacks that use the front, and their services. */
    users?: Record<string, string[]>;
    owner?: string;
    incarnation?: number;
}

/** @returns a service whose link is on blue */
export function serviceOnBlue(name: string, change: { confirmed?: "blue" | "none"; ready?: number } = {}) {
    const { confirmed = "blue", ready = 1 } = change;
    const blue = { running: 1, ready } as ObservedColor;
    return { name, live: confirmed, confirmed, blue, green: { running: 0, ready: 0 } } as ObservedService;
}

/**
 * A front in memory, with a virtual clock. It keeps the rules that Docker and HAProxy keep: a generation needs a running
 * anchor and its files, and the record is written under the lease. Every change is in `steps`.
 */
export class SimulatedGenerations {
    readonly steps: string[] = [];
    readonly told: string[] = [];
    anchor: ContainerInfo | undefined;
    readonly #haproxies: SimulatedHaproxies;
    readers: string[];
    others: ContainerInfo[];
    services: ObservedService[];
    users: ReadonlyMap<string, string[]>;
    owner: string | undefined;
    incarnation: number;
    key: Buffer | undefined;
    /** The certificates in HAProxy's memory. */
    served: BaseSettings["certificates"];
    /** What the record has of certificates that relink gets itself. */
    readonly certificates: CertificateRecords = { certificates: new Map() };
    isUnsettled = false;
    /** Answers to challenges in HAProxy's memory. */
    readonly challenges = new Map<string, string>();
    readonly authority = new SimulatedAuthority(this);
    nowMs = 0;
    #isPrepared = false;
    #base: BaseSettings | undefined;
    #hasLease = false;
    #calls = 0;
    #accident: { at: number; happens(): void } | undefined;

    constructor(beginning: Beginning = {}) {
        this.anchor = containerOf("anchor", {
            labels: { ...stackLabels({ project: "shop", stack: "prod" }), [generationLabels.image]: "haproxy:3.2" },
        });
        Object.assign(this.anchor, { address }, beginning.anchor);
        this.#haproxies = new SimulatedHaproxies(this, beginning);
        this.readers = beginning.readers ?? [];
        this.others = (beginning.others ?? []).map(id => containerOf(id));
        this.services = beginning.services ?? [];
        this.users = new Map(Object.entries(beginning.users ?? {}));
        this.owner = beginning.owner;
        this.incarnation = beginning.incarnation ?? 0;
    }

    /**
     * @param diesAt the process dies at this call, counted from 0. @default it lives
     * @param tookEffect whether the call at which it dies still takes effect
     * @returns what one `up` of the stack `shop/prod` sees and changes
     */
    up(diesAt = Number.POSITIVE_INFINITY, tookEffect = false): FrontUp {
        this.#calls = 0;
        this.#hasLease = false;
        const accident = this.#accident;
        this.#accident = undefined;
        const call = async <T>(effect: () => T): Promise<T> => {
            const number = this.#calls++;
            if (number > diesAt || (number === diesAt && !tookEffect)) {
                throw new Dead();
            }
            this.#haproxies.endLeft();
            if (accident?.at === number) {
                accident.happens();
            }
            // A HAProxy that is killed right after it was proved leaves nobody, until the anchor's stands in.
            const hadAccident = accident !== undefined && accident.at <= number;
            const served =
                !hadAccident &&
                this.serving().length > 0 &&
                this.services.some(({ confirmed }) => confirmed !== "none");
            const result = effect();
            this.#require(!served || this.serving().length > 0, "users are served");
            if (number === diesAt) {
                throw new Dead();
            }
            return result;
        };
        return {
            name: "front",
            generations: this.#generationsPort(call),
            journal: this.#journalPort(call),
            clock: {
                nowMs: () => this.nowMs,
                hostNow: () => call(() => new Date(this.nowMs)),
                sleep: ms =>
                    call(() => {
                        this.nowMs += ms;
                    }),
            },
            authority: () => this.authority.port(call),
            selfSign: () => call(() => ({ pem: "", fingerprint: "", hosts: [], notBefore: "", notAfter: "" })),
            command: () => call(() => ({ exitCode: 0, isLate: false, output: [] })),
            progress: {
                status() {},
                info: text => this.told.push(text),
                warn: text => this.told.push(`warning: ${text}`),
            },
        };
    }

    /**
     * Something happens to HAProxy's containers during the next `up`.
     * @param at the call before which it happens, counted from 0
     */
    accidentAt(at: number, happens: (haproxies: SimulatedHaproxies) => void): void {
        this.#accident = { at, happens: () => happens(this.#haproxies) };
    }

    /** How many calls the last `up` has made. */
    get calls(): number {
        return this.#calls;
    }

    /** @returns ids of the generations that users can reach */
    serving(): string[] {
        return this.#haproxies.serving();
    }

    /** The containers of HAProxy in any state. */
    get generations(): SeenGeneration[] {
        return this.#haproxies.all;
    }

    #generationsPort(call: <T>(effect: () => T) => Promise<T>): FrontGenerations {
        const change = <T>(step: string, effect: () => T) =>
            call(() => {
                this.steps.push(step);
                return effect();
            });
        return {
            look: () => call(() => this.#seen()),
            lookAtAll: () => call(() => this.#stack()),
            connectAnchor: () =>
                change("connect the anchor", () => {
                    this.anchor!.address = address;
                }),
            startAnchor: () =>
                change("start the anchor", () => {
                    this.anchor!.state = "running";
                }),
            prepareFolders: () =>
                change("prepare the folders", () => {
                    this.#requireLease();
                    this.#isPrepared = true;
                }),
            configure: settings =>
                change("configure", () => {
                    this.#requireLease();
                    this.#require(this.#isPrepared, "HAProxy's files need their folder");
                    this.#require(!isDetached(this.anchor!), "the anchor's address is a part of the configuration");
                    this.#haproxies.check(settings);
                    this.#base = settings;
                }),
            configureServices: ({ names }) =>
                change(`configure ${names.join(", ")}`, () => {
                    this.#requireLease();
                    this.#require(this.#base !== undefined, "the front's own stack has written its files");
                }),
            setCertificates: certificates =>
                change("set the certificates", () => {
                    this.#requireLease();
                    this.#require(certificates === (this.#base?.certificates ?? certificates), "a restart has others");
                    if (this.serving().length > 0) {
                        this.served = certificates;
                    }
                }),
            replaceCertificate: (name, file) =>
                change(`replace the certificate ${name}`, () => {
                    this.#requireLease();
                    this.served = { ...this.served, [name]: file };
                }),
            answerChallenge: (token, answer) =>
                change(`answer ${token}`, () => {
                    this.#requireLease();
                    this.#require(this.serving().length > 0, "HAProxy answers challenges");
                    this.challenges.set(token, answer);
                }),
            forgetChallenges: () =>
                change("forget the challenges", () => {
                    this.#requireLease();
                    this.challenges.clear();
                }),
            obtainImage: ({ name }) => call(() => this.#haproxies.obtain(name)),
            tryImage: (imageId, settings) =>
                change(`try ${imageId}`, () => {
                    this.#requireLease();
                    return this.#haproxies.try(imageId, this.#base, settings);
                }),
            startGeneration: (number, anchor, image) =>
                change(`start generation ${number}`, () => {
                    this.served = this.#base?.certificates;
                    return this.#haproxies.start(number, anchor, image.name, this.#base);
                }),
            lookAtStart: number => call(() => this.#haproxies.lookAtStart(number)),
            lastLines: () => call(() => ["HAProxy's last words"]),
            leave: id =>
                change(`${id} leaves`, () => {
                    this.#requireLease();
                    this.#haproxies.tellToLeave(id);
                }),
            health: asked =>
                call(() => {
                    this.#require(asked === this.anchor?.address, "the health page is at the anchor's address");
                    if (this.serving().length === 0) {
                        throw new Error("connection refused");
                    }
                    return this.#haproxies.answers() ? 200 : 503;
                }),
            stop: id => change(`stop ${id}`, () => {}),
            remove: id => change(`remove ${id}`, () => this.#remove(id)),
            dropImages: () => change("drop the images", () => {}),
        };
    }

    #journalPort(call: <T>(effect: () => T) => Promise<T>): FrontJournal {
        const write = (step: string, effect: () => void) =>
            call(() => {
                this.#requireLease();
                this.steps.push(step);
                effect();
            });
        return {
            stack: "shop/prod",
            enter: phase =>
                call(() => {
                    this.#requireLease();
                    this.steps.push(phase);
                }),
            take: (adoptFrom = "shop/prod") =>
                call(() => {
                    this.#require(this.anchor?.state === "running", "the lease is in the anchor");
                    if (this.owner !== undefined && this.owner !== "shop/prod" && this.owner !== adoptFrom) {
                        throw new Error(`the front belongs to ${this.owner}`);
                    }
                    this.#hasLease = true;
                }),
            own: former =>
                write(`owner: shop/prod, before: ${former}`, () => {
                    this.owner = "shop/prod";
                }),
            writeIncarnation: incarnation =>
                write(`incarnation ${incarnation}`, () => {
                    this.incarnation = incarnation;
                }),
            ensureKey: key =>
                write("key", () => {
                    this.key ??= key;
                }),
            begin: () =>
                write("begin", () => {
                    this.isUnsettled = true;
                }),
            settle: () =>
                write("settle", () => {
                    this.isUnsettled = false;
                }),
            certificates: () => call(() => this.certificates),
            writeAccount: account =>
                write("account", () => {
                    this.certificates.account = account;
                }),
            writeCertificate: certificate =>
                write(`certificate ${certificate.name}`, () => {
                    this.certificates.certificates.set(certificate.name, certificate);
                }),
            removeCertificate: name =>
                write(`remove the certificate ${name}`, () => {
                    this.certificates.certificates.delete(name);
                }),
        };
    }

    #seen(): SeenFront {
        const { anchor, owner, readers } = this;
        const answersOnSocket = this.#base !== undefined && this.serving().length > 0;
        const generations = this.#haproxies.seen();
        return { anchor: anchor && { ...anchor }, owner, generations, readers, answersOnSocket };
    }

    #stack(): SeenStack {
        const { anchor, generations, others, incarnation, services, users } = this;
        const containers = [...(anchor === undefined ? [] : [anchor]), ...generations, ...others];
        return { anchor, containers, incarnation, services, users };
    }

    #remove(id: string): void {
        const isLinked = this.services.some(({ confirmed }) => confirmed !== "none");
        this.#require(!isLinked || this.readers.includes(id) || this.#haproxies.isIdle(id), "users lose it");
        this.#haproxies.remove(id);
        this.readers = this.readers.filter(reader => reader !== id);
        this.others = this.others.filter(other => other.id !== id);
    }

    #requireLease(): void {
        this.#require(this.#hasLease, "a change needs the lease");
    }

    #require(condition: boolean, why: string): void {
        assert(condition, `in the simulation: ${why}`);
    }
}
