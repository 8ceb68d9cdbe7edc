import type { CertificateFile } from "../model/Certificate";
import type { ContainerInfo } from "../model/Container";
import type { FrontImage } from "../model/FrontImage";
import type { FrontTimeouts, PublicRules, TlsListener } from "../model/FrontSettings";
import type { ObservedService } from "../model/ObservedService";
import type { ServiceAccess } from "../model/ServiceAccess";
import type { ServiceRules } from "../model/ServiceRules";
import type { StackRules } from "../model/StackRules";

/**
 * The containers and the base configuration of one front. The anchor holds the network and the published ports. A generation
 * is a container with HAProxy, in the network namespace of the anchor.
 */
export interface FrontGenerations {
    /** Reads the front itself. */
    look(): Promise<SeenFront>;

    /** Reads the front and everything that belongs to it. */
    lookAtAll(): Promise<SeenStack>;

    /** Connects the anchor to its network again, at its own address. Does nothing where there is no such network. */
    connectAnchor(id: string): Promise<void>;

    startAnchor(id: string): Promise<void>;

    /** Makes the folders that the record and HAProxy's sockets need, with their owners. */
    prepareFolders(): Promise<void>;

    /**
     * Writes HAProxy's certificates and its base configuration, and reloads HAProxy where only a reload can say it. A map that
     * somebody edited by hand gets the entries that HAProxy's worker has in its memory.
     * @throws Error when HAProxy refuses the configuration
     */
    configure(settings: BaseSettings): Promise<void>;

    /**
     * Writes what the listeners do for the services of a stack that uses this front, and reloads HAProxy where that changes.
     * @throws Error when the listeners are of an earlier version, or HAProxy refuses the configuration
     */
    configureServices(rules: StackRules): Promise<void>;

    /**
     * Replaces certificates in the memory of HAProxy, and reads them back. The next handshake gets them. Removes the files of all
     * other certificates.
     * @param certificates all that the configuration in force names, by name
     * @throws Error when a worker has another certificate afterwards
     */
    setCertificates(certificates: Readonly<Record<string, CertificateFile>>): Promise<void>;

    /**
     * Replaces one certificate that the configuration in force names, in HAProxy's file and then in its memory.
     * @throws Error when HAProxy refuses it, or a worker has another one afterwards
     */
    replaceCertificate(name: string, file: CertificateFile): Promise<void>;

    /**
     * Has HAProxy answer an authority's challenge (HTTP-01).
     * @throws Error when HAProxy does not run, or a worker did not take the answer
     */
    answerChallenge(token: string, answer: string): Promise<void>;

    /** Takes all answers to challenges out of HAProxy's memory, also those that an `up` left there when it died. */
    forgetChallenges(): Promise<void>;

    /**
     * Makes sure that an image of HAProxy is on the Docker host.
     * @param show gets a line about layers and bytes now and then
     * @returns its local id
     * @throws Error when it cannot be had
     */
    obtainImage(image: FrontImage, show: (line: string) => void): Promise<string>;

    /**
     * Has the HAProxy of an image check the configuration in force, and the one that these settings make. It changes neither.
     * Certificates are beside their places meanwhile, because a configuration names their files.
     */
    tryImage(imageId: string, settings: BaseSettings): Promise<ImageTrial>;

    /**
     * Creates a generation and starts it. HAProxy's files first get what the running workers follow and users reach. It takes the
     * listening sockets over from the generation that has them.
     * @param number what its name ends with
     * @param anchor whose network namespace it joins
     * @returns its id
     */
    startGeneration(number: number, anchor: ContainerInfo, image: { name: string; id: string }): Promise<string>;

    /** Looks at the worker of a generation that has just started. */
    lookAtStart(number: number): Promise<SeenStart>;

    /** @returns the last lines that a container has written */
    lastLines(id: string): Promise<string[]>;

    /**
     * Tells a generation to take no more connections, and to end with those that it has (soft stop). Docker does not start it
     * again.
     */
    leave(id: string): Promise<void>;

    /**
     * Asks HAProxy's own health page.
     * @param address the anchor's
     * @returns the status of the answer
     * @throws Error when there was no connection or no answer
     */
    health(address: string): Promise<number>;

    /** Stops a container. It gets `graceMs` milliseconds to end by itself. */
    stop(id: string, graceMs: number): Promise<void>;

    /** Removes a container. */
    remove(id: string): Promise<void>;

    /** Removes the names under which images are kept for the services of the front, and the images that relink pulled. */
    dropImages(): Promise<void>;
}

/** What HAProxy's base configuration is rendered from. */
export interface BaseSettings {
    timeouts: FrontTimeouts;
    /** Addresses and networks whose forwarding headers are believed. */
    trustedProxies: string[];
    /** What the public listener does besides routing. @default nothing */
    rules?: Partial<PublicRules>;
    /** Who may ask, by service. @default everybody */
    access?: Readonly<Record<string, ServiceAccess>>;
    /** What the listeners do for single services, by service. @default nothing */
    services?: Readonly<Record<string, ServiceRules>>;
    /** Hashes of the passwords, by the user's name. @default none */
    users?: Readonly<Record<string, string>>;
    /** The front's own pages: `maintenance` or a status -> file. @default none */
    pages?: Readonly<Record<string, string>>;
    /** The text of each file of a page. @default none */
    pageTexts?: Readonly<Record<string, string>>;
    /** Services that leave later in this `up`. Who may ask them stays as it is until then. @default none */
    leaving?: readonly string[];
    /** @default undefined (no HTTPS) */
    tls?: TlsListener;
    /** Whether the listener without TLS answers the challenges of an authority (ACME). @default undefined (no) */
    challenges?: boolean;
    /** The certificates of the authorities of clients that `tls` names, PEM. @default none */
    clientCa?: string;
    /** The certificates that `tls` names, by name. @default none */
    certificates?: Readonly<Record<string, CertificateFile>>;
}

/** The front at one moment, without its services. */
export interface SeenFront {
    /** Undefined where somebody removed it. */
    anchor?: ContainerInfo;
    /** The stack that the front belongs to, `project/stack`. */
    owner?: string;
    /** The containers of HAProxy in any state, by their number. */
    generations: SeenGeneration[];
    /** Ids of containers that an `up` has made to read the record, and that it could not remove. */
    readers: string[];
    /** Whether HAProxy in a generation answers on its admin socket. HAProxy in the anchor, which stands in, does not count. */
    answersOnSocket: boolean;
}

/** A container of HAProxy. */
export interface SeenGeneration extends ContainerInfo {
    number: number;
    /** Whether it has a worker that takes new connections. */
    takesConnections: boolean;
}

/** What the HAProxy of an image says of relink's configuration. */
export interface ImageTrial {
    /** Why no generation can run this image, as the end of a sentence. @default it can */
    refusal?: string;
    /** `3.2`. */
    version?: string;
    /** HAProxy's words about the configuration in force, where it refuses that. */
    present?: string;
    /** The same about the configuration that is wanted. */
    wanted?: string;
}

/** The worker of a generation that has just started. */
export interface SeenStart {
    /** Whether it takes new connections, and has answered one. */
    answers: boolean;
    /** Its links and routes that are not those in HAProxy's files, in words. */
    differs: string[];
}

/** The front at one moment, and all that belongs to it. */
export interface SeenStack {
    anchor?: ContainerInfo;
    /** All containers with the labels of the stack, the anchor among them. */
    containers: ContainerInfo[];
    /** How often the front's configuration was created. */
    incarnation: number;
    /** The services of all stacks. */
    services: ObservedService[];
    /** The stacks that use the front beside its owner, and their services. */
    users: ReadonlyMap<string, string[]>;
}
