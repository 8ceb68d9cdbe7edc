import type { RollingSettings } from "../model/StrategySettings";

/** What a rolling release begins with. A slot stands for its container. */
export interface RollingStart {
    /** Containers that have to leave, running or starting, in their order. */
    old: { slot: number; serving: boolean }[];
    /** Containers of the wanted release that an interrupted run has started already. */
    present: { slot: number; up: boolean }[];
    /** Containers of the wanted release at the end. */
    replicas: number;
    /** Slots of the color, counted from 1. */
    slots: number;
    settings: Pick<RollingSettings, "step" | "order" | "gracePeriodMs">;
}

/** What has happened to the container of a slot. */
export type RollingEvent =
    /** It serves: a new container is proved, or one that was down is back. */
    | { is: "up"; slot: number }
    /** It stopped serving by itself. */
    | { is: "down"; slot: number }
    /** It has left: drained, stopped and removed. */
    | { is: "gone"; slot: number }
    /** A new container could not be proved, or an old one could not be stopped. The release stops. */
    | { is: "failed"; slot: number };

/** What to do now. */
export interface RollingTurn {
    /** Slots in which a container of the wanted release starts. */
    start: number[];
    /** Slots whose container leaves. */
    retire: number[];
    /** When to ask again although nothing has happened; undefined when time alone changes nothing. */
    wakeAtMs?: number;
    state: "going" | "done" | "stopped";
}
