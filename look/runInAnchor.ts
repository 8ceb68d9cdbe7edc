import type { Engine } from "../docker/Engine";
import { exec } from "../docker/exec";
import type { Run } from "../haproxy/Run";
import { frontNames } from "../model/Target";

/** @returns what runs commands as root in the anchor, where the three volumes and all of HAProxy's sockets are. */
export function runInAnchor(engine: Engine, front: string): Run {
    const { anchor } = frontNames(front);
    return (argv, stdin) => exec(engine, anchor, argv, { stdin, user: "0" });
}
