import assert from "node:assert/strict";
import { type ContainerInfo, isDetached, runs } from "../../model/Container";
import type { ObservedColor, ObservedService } from "../../model/ObservedService";
import type { CertificateRecords } from "../../model/RecordedCertificate";
import { frontNames, stackLabels } from "../../model/Target";
import type { BaseSettings, FrontGenerations, SeenFront, SeenGeneration, SeenStack } from "../../up/FrontGenerations";
import type { FrontJournal } from "../../up/FrontJournal";
import type { FrontUp } from "../../up/FrontUp";
import { SimulatedAuthority } from "./SimulatedAuthority";

const address = "10.0.0.2";

/** What an `up` of a dead process throws at each call. */
export class Dead extends Error {}

/** What the front of a simulation begins with. */
export interface Beginning {
    anchor?: Partial<ContainerInfo>;
    /** By number. */
    generations?: Record<number, Partial<ContainerInfo>>;
    readers?: string[];
    /** Containers of services. */
    others?: string[];
    services?: ObservedService[];
    /** Other stacks that use the front, and their services. */
    users?: Record<string, string[]>;
    owner?: string;
    incarnation?: number;
    /** How long a generation needs until it answers, milliseconds. @default it answers at once */
    startMs?: number;
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
    generations: SeenGeneration[];
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
    #answersAtMs = 0;
    readonly #startMs: number;

    constructor(beginning: Beginning = {}) {
        this.anchor = containerOf("anchor", { labels: stackLabels({ project: "shop", stack: "prod" }) });
        Object.assign(this.anchor, { address }, beginning.anchor);
        this.generations = Object.entries(beginning.generations ?? {}).map(([number, change]) =>
            generationOf(Number(number), change),
        );
        this.readers = beginning.readers ?? [];
        this.others = (beginning.others ?? []).map(id => containerOf(id));
        this.services = beginning.services ?? [];
        this.users = new Map(Object.entries(beginning.users ?? {}));
        this.owner = beginning.owner;
        this.incarnation = beginning.incarnation ?? 0;
        this.#startMs = beginning.startMs ?? 0;
    }

    /**
     * @param diesAt the process dies at this call, counted from 0. @default it lives
     * @param tookEffect whether the call at which it dies still takes effect
     * @returns what one `up` of the stack `shop/prod` sees and changes
     */
    up(diesAt = Number.POSITIVE_INFINITY, tookEffect = false): FrontUp {
        this.#calls = 0;
        this.#hasLease = false;
        const call = async <T>(effect: () => T): Promise<T> => {
            const number = this.#calls++;
            if (number > diesAt || (number === diesAt && !tookEffect)) {
                throw new Dead();
            }
            const result = effect();
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

    /** How many calls the last `up` has made. */
    get calls(): number {
        return this.#calls;
    }

    /** @returns ids of the generations that users can reach */
    serving(): string[] {
        return this.generations
            .filter(({ state, networkMode }) => state === "running" && networkMode === `container:${this.anchor?.id}`)
            .map(({ id }) => id);
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
            startGeneration: number => change(`start generation ${number}`, () => this.#start(number)),
            health: asked =>
                call(() => {
                    this.#require(asked === this.anchor?.address, "the health page is at the anchor's address");
                    if (this.serving().length === 0) {
                        throw new Error("connection refused");
                    }
                    return this.nowMs >= this.#answersAtMs ? 200 : 503;
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
        const { anchor, owner, generations, readers } = this;
        const answersOnSocket = this.#base !== undefined && this.serving().length > 0;
        return { anchor: anchor && { ...anchor }, owner, generations: [...generations], readers, answersOnSocket };
    }

    #stack(): SeenStack {
        const { anchor, generations, others, incarnation, services, users } = this;
        const containers = [...(anchor === undefined ? [] : [anchor]), ...generations, ...others];
        return { anchor, containers, incarnation, services, users };
    }

    #start(number: number): void {
        this.#require(this.anchor?.state === "running", "a generation needs a running anchor");
        this.#require(this.#base !== undefined, "HAProxy needs its files");
        this.#require(!this.generations.some(generation => generation.number === number), "its name is taken");
        this.#require(this.serving().length === 0, "two generations would share the ports");
        this.#require(!this.generations.some(runs), "HAProxy would take over the listeners of another anchor");
        this.generations.push(generationOf(number, { networkMode: `container:${this.anchor!.id}` }));
        this.served = this.#base?.certificates;
        this.#answersAtMs = this.nowMs + this.#startMs;
    }

    #remove(id: string): void {
        this.#require(
            this.services.every(({ confirmed }) => confirmed === "none") || this.#isDead(id),
            "users lose it",
        );
        this.generations = this.generations.filter(generation => generation.id !== id);
        this.readers = this.readers.filter(reader => reader !== id);
        this.others = this.others.filter(other => other.id !== id);
    }

    #isDead(id: string): boolean {
        const generation = this.generations.find(generation => generation.id === id);
        const isOfAnchor = generation?.networkMode === `container:${this.anchor?.id}`;
        return this.readers.includes(id) || (generation !== undefined && !(runs(generation) && isOfAnchor));
    }

    #requireLease(): void {
        this.#require(this.#hasLease, "a change needs the lease");
    }

    #require(condition: boolean, why: string): void {
        assert(condition, `in the simulation: ${why}`);
    }
}

function containerOf(id: string, change: Partial<ContainerInfo> = {}): ContainerInfo {
    return { id, name: id, labels: {}, state: "running", networkMode: "front", ...change } as ContainerInfo;
}

function generationOf(number: number, change: Partial<ContainerInfo> = {}): SeenGeneration {
    const id = `generation-${number}`;
    const name = frontNames("front").generation(number);
    return { ...containerOf(id, { name, networkMode: "container:anchor", ...change }), number };
}
