import { createHash } from "node:crypto";
import { globalFile } from "../haproxy/names";
import { answersChallenges, type FrontSettings, tlsListener } from "../model/FrontSettings";
import { shortDigest } from "../text/shortDigest";
import { renderFrontends } from "./frontends";
import { renderGlobal } from "./global";
import { renderTcpListeners } from "./tcpListeners";

export { type BackendSpec, renderBackend } from "./backend";
export { renderFrontends } from "./frontends";
export { renderGlobal } from "./global";

const hashLine = /^([ \t]*setenv RELINK_CONFIG) .*$/m;

/**
 * @returns a hash of all that only a reload changes: the `conf/` files without comments, without the line with the hash, and
 * without ` disabled`, which runtime commands change
 */
export function contentHash(files: ReadonlyMap<string, string>): string {
    const hash = createHash("sha256");
    for (const path of [...files.keys()].filter(isConf).sort()) {
        const lines = files
            .get(path)!
            .split("\n")
            .filter(line => !/^\s*(?:#|$)/.test(line) && !hashLine.test(line))
            .map(line => (/^\s*server\s/.test(line) ? line.replace(/ disabled$/, "") : line));
        hash.update(`${path}\n${lines.join("\n")}\n`);
    }
    return hash.digest("hex").slice(0, 16);
}

/**
 * Writes the hash of all files into the global one, so that a worker can say which configuration it runs.
 * @returns the hash
 */
export function stampHash(files: Map<string, string>): string {
    const hash = contentHash(files);
    const global = files.get(globalFile);
    if (global !== undefined) {
        files.set(globalFile, global.replace(hashLine, `$1 ${hash}`));
    }
    return hash;
}

/** @returns a short fingerprint of global, defaults and listeners */
export function fingerprintOf(settings: FrontSettings): string {
    const front = { ...settings, tls: tlsListener(settings), challenges: answersChallenges(settings.https?.acme) };
    // The real addresses do not matter, because they never change during a front's life.
    const near = { gateway: "0.0.0.0", anchor: "0.0.0.0" };
    const ports = new Map(settings.tcpPorts.map(port => [port, true]));
    const tcp = ports.size === 0 ? "" : renderTcpListeners(front, near, { ports, services: [] });
    return shortDigest(`${renderGlobal(front)}${renderFrontends(front, near)}${tcp}`);
}

function isConf(path: string): boolean {
    return /^conf\/[^/]+\.cfg$/.test(path);
}
