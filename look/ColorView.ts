import type { AddressBlock } from "../model/addresses";
import type { ContainerInfo } from "../model/Container";
import type { Worker } from "../model/FrontState";
import type { RecordedRelease } from "../model/Release";

/** All of one color that somebody may have changed by hand. */
export interface ColorView {
    /** Name of its backend. */
    backend: string;
    /** Its release by the record, like the number of containers and the addresses. */
    release: RecordedRelease;
    replicas: number;
    /** The slots of its containers. @default the first ones */
    slots?: number[];
    block?: AddressBlock;
    /** All containers with its labels. */
    containers: ContainerInfo[];
    /** HAProxy's workers that take new connections; none while HAProxy does not run. */
    workers: Worker[];
    /** Name of HAProxy's newest container. */
    generation?: string;
    /** Name that a slot's container has. */
    nameOf(slot: number): string;
    /** Slots that HAProxy's file opens to traffic; undefined when the file was not read. */
    openInFile?: ReadonlySet<number>;
    /** Whether somebody edited the color's file in HAProxy's configuration. */
    isFileEdited: boolean;
    /** Names of containers on the Docker host that are not this stack's. */
    foreignNames: ReadonlySet<string>;
}
