import type { AddressBlock } from "../model/addresses";
import type { Release } from "../model/Release";
import type { Admission } from "./Admission";

/** One color's backend in HAProxy. */
export interface Backend {
    /** Writes the backend into HAProxy's file, which a HAProxy that starts or reloads reads. */
    write(content: BackendContent): Promise<void>;

    /** Writes all that HAProxy's files hold of a color that is about to run a release. */
    configure(configuration: BackendConfiguration): Promise<void>;

    /** @returns whether HAProxy checks containers by its file as it would by this content, in whichever slots. */
    hasSameChecks(content: BackendContent): Promise<boolean>;

    /** Tells every worker the id of the release that the backend's containers are of. */
    tellRelease(release: string): Promise<void>;

    /** Tells every worker that takes new connections what these slots are to do. */
    tellSlots(slots: readonly number[], state: SlotState): Promise<void>;

    /** Tells every worker that takes new connections that these slots take traffic and no other does. */
    tellOnly(open: readonly number[]): Promise<void>;

    /**
     * Removes the backend from HAProxy's files.
     * @param withLink whether the service's link goes too
     */
    remove(withLink: boolean): Promise<void>;

    /** Begins to let slots take traffic, whose containers are to be proved. Changes nothing yet. */
    admission(slots: readonly number[]): Admission;
}

/** What a slot does: it takes traffic, is only checked, or neither. */
export type SlotState = "ready" | "drain" | "maint";

/** What a backend's file is rendered from. */
export interface BackendContent {
    /** The release whose port, health check and timeouts it has. */
    release: Release;
    /** Where the slots have their addresses. */
    block: AddressBlock;
    /** Slots that take traffic. All others are closed. */
    open: readonly number[];
}

/** What HAProxy's files hold of a color. */
export interface BackendConfiguration extends BackendContent {
    /** With the first release of a service: the addresses of the other color, so that one reload brings both backends. */
    otherBlock?: AddressBlock;
}
