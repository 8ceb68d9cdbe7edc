import { checked, checkedInteger } from "./names";
import { adminOf, type ServerState } from "./parse";

/** A change of one slot. What it leaves out stays as it is. */
export interface ServerChange {
    address?: string;
    /** Only together with `address`. */
    port?: number;
    /** `ready` gets requests and checks, `drain` gets checks alone, `maint` gets neither. */
    state?: "ready" | "drain" | "maint";
    /** Holds until the checks have another result. */
    health?: "up" | "down";
}

/** @returns the commands that make a change of one slot; `server` is BACKEND/SLOT */
export function serverCommands(server: string, { address, port, state, health }: ServerChange): string[] {
    const commands: string[] = [];
    if (address !== undefined) {
        const at = port === undefined ? "" : ` port ${checkedInteger("port", port, 1, 65535)}`;
        commands.push(`set server ${server} addr ${checked("address", address)}${at}`);
    } else if (port !== undefined) {
        throw new Error("A slot's port is changed together with its address.");
    }
    if (state !== undefined) {
        if (!["ready", "drain", "maint"].includes(state)) {
            throw new Error(`${JSON.stringify(state)} is not a state of a server.`);
        }
        commands.push(`set server ${server} state ${state}`);
    }
    if (health !== undefined) {
        if (!["up", "down"].includes(health)) {
            throw new Error(`${JSON.stringify(health)} is not a health of a server.`);
        }
        commands.push(`set server ${server} health ${health}`);
    }
    return commands;
}

/** @returns whether HAProxy took one of those commands */
export function isServerChanged(answer: string): boolean {
    return answer === "" || /^(?:IP changed|no need to change|nothing changed|port changed)/i.test(answer);
}

/** @returns whether a slot is as the change wants it */
export function isAs(server: ServerState, { address, port, state }: ServerChange): boolean {
    return (
        (address === undefined || server.address === address) &&
        (port === undefined || server.port === port) &&
        (state === undefined || adminOf(server.adminState) === state)
    );
}
