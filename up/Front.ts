import type { Color } from "../model/Color";
import type { LinkValue } from "../model/LinkValue";
import type { ObservedService } from "../model/ObservedService";
import type { ReleaseSettings } from "../model/ReleaseSettings";
import type { ServiceAccess } from "../model/ServiceAccess";
import type { CountersByWorker } from "../model/Window";
import type { Backend } from "./Backend";
import type { OpenRequests } from "./OpenRequests";
import type { Routes } from "./Routes";

/** How a release is asked whether it works. */
export type AskedSettings = Pick<ReleaseSettings, "port" | "health" | "protocol" | "sendProxy">;

/** HAProxy, as far as one service is concerned. */
export interface Front {
    /** @returns the backend of one of its colors. */
    backend(color: Color): Backend;

    /**
     * Sends one request of ours straight to a container, because no listener singles out one slot of a live color. A TCP
     * service gets a conversation.
     * @throws when there was no connection or no answer
     */
    askContainer(address: string, settings: AskedSettings): Promise<Answer>;

    /** Writes the link into HAProxy's file, which a HAProxy that starts or reloads reads. */
    writeLink(link: LinkValue): Promise<void>;

    /**
     * Tells the link to every worker that can follow it, and reads it back. A soft-stopped worker whose own slots do not
     * lead to the running containers keeps its old link.
     * @param mayGo whether the link may change, by what is seen right before it does. @default it may
     * @returns whether `mayGo` allowed it; nothing was changed where it did not
     */
    tellLink(link: LinkValue, mayGo?: (seen: ObservedService) => boolean): Promise<boolean>;

    /**
     * Prepares requests of ours through the front.
     * @throws when the front or its HAProxy does not run
     */
    questions(): Promise<Questions>;

    /**
     * @returns what HAProxy has counted of both colors by now
     * @throws when HAProxy does not answer
     */
    counters(): Promise<Record<Color, CountersByWorker>>;

    /** The routes of the service. */
    readonly routes: Routes;

    /** @returns whether every worker that takes new connections listens at these ports for TCP services. */
    listens(ports: readonly number[]): Promise<boolean>;

    /** @returns whether every worker that takes new connections lets in only who may ask the service. */
    guards(access: ServiceAccess): Promise<boolean>;

    /** Removes the link, first from HAProxy's file, then from the memory of every worker that no longer needs it. */
    removeLink(): Promise<void>;

    /**
     * @param slots the only ones to count on. @default all of the color's
     * @returns what is open now
     */
    open(color: Color, slots?: readonly number[]): Promise<OpenRequests>;

    /**
     * Ends what is open on these slots, and the soft-stopped workers that still link to the color.
     * @returns what was open
     */
    cut(color: Color, slots: readonly number[]): Promise<OpenRequests>;

    /** Takes every slot of a color out of traffic in HAProxy's file, so that no reload opens it again. */
    closeInFile(color: Color): Promise<void>;
}

/**
 * Requests of ours to one service through the front. A one-time secret tells HAProxy to send them to the service,
 * whatever its routes are, and to say which release answered.
 */
export interface Questions {
    /**
     * Sends one request. Of a TCP service HAProxy itself says which release the link leads to. A conversation with that
     * one follows.
     * @param listener the public one, or that of the idle color
     * @param color the color that the public listener has to ask. @default the one that the link says
     * @throws when there was no connection or no answer
     */
    ask(listener: "http" | "preview", settings: AskedSettings, color?: Color): Promise<Answer>;

    /**
     * Sends any request to the service through a listener.
     * @throws when there was no connection or no answer
     */
    get(listener: "http" | "preview", path: string, host: string, timeoutMs: number): Promise<Response>;

    /**
     * Takes another secret, because a reload makes workers that do not know the first one.
     * @returns whether a worker did not know it
     */
    renew(): Promise<boolean>;

    /** Removes the secrets from HAProxy's memory. */
    end(): Promise<void>;
}

/** The answer to a request of ours. */
export interface Answer {
    status: number;
    /** The color that answered, as HAProxy says. Undefined where the worker did not know the secret. */
    color?: string;
    /** Id of the release that answered, as HAProxy says. */
    release?: string;
    /** Whether the health check calls the status good. Without a health path every status is good. */
    good: boolean;
    /** For messages: `200 from green (release ...)`. */
    text: string;
}

/** An answer to any request. */
export interface Response {
    status: number;
    /** By lower case name; repeated ones are joined with ", ". */
    headers: Record<string, string>;
    /** The first 4 kB. */
    body: string;
}
