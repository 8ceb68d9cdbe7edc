import { createHash } from "node:crypto";
import { globalFile } from "../haproxy/names";
import type { FrontSettings } from "../model/FrontSettings";
import { renderFrontends } from "./frontends";
import { renderGlobal } from "./global";

export { type BackendSpec, renderBackend } from "./backend";
export { renderFrontends } from "./frontends";
export { renderGlobal } from "./global";

const hashLine = /^([ \t]*setenv RELINK_CONFIG) .*$/m;

/**
 * Hash over what a reload would change: the text of all `conf/` files without comments, without the line that carries
 * the hash, and without ` disabled`, because the runtime commands change that without a reload.
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

/** Puts the hash of all files into the global one, for the workers to say what they run. */
export function stampHash(files: Map<string, string>): string {
    const hash = contentHash(files);
    const global = files.get(globalFile);
    if (global !== undefined) {
        files.set(globalFile, global.replace(hashLine, `$1 ${hash}`));
    }
    return hash;
}

/** @returns a short fingerprint of global, defaults and listeners */
export function fingerprintOf(front: Pick<FrontSettings, "name" | "timeouts" | "trustedProxies">): string {
    // The real addresses stay what they are for as long as there is the front.
    const frontends = renderFrontends(front, { gateway: "0.0.0.0", anchor: "0.0.0.0" });
    return createHash("sha256").update(renderGlobal(front)).update(frontends).digest("hex").slice(0, 12);
}

function isConf(path: string): boolean {
    return /^conf\/[^/]+\.cfg$/.test(path);
}
