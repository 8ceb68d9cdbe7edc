import { setCommand } from "../settings/configCommands";
import type { Conversion, Variable } from "./Conversion";
import { splitLine, splitPairs } from "./lists";
import { httpsRedirectIn, redirectAll } from "./redirect";
import { mapTlsOption } from "./tls";

/** Words of a bind line that relink's own ones have, or that say nothing: those with an argument, and those without. */
const harmlessWithArgument = ["name", "id", "alpn", "npn"];
const harmless = ["v4v6", "defer-accept", "tfo", "ssl"];

/** `EXTRA_BIND_SETTINGS`: `443:accept-proxy,80:name http`, and a redirect without a port. */
export function mapBindSettings(variable: Variable, to: Conversion): void {
    for (const [port, setting] of splitPairs(variable.value)) {
        const redirect = httpsRedirectIn(setting);
        if (redirect !== undefined) {
            redirectAll(redirect, variable, to);
        } else if (port === "") {
            to.refuse(variable, `has "${setting}" without a port, which Tutum's HAProxy ignored`, "leave it out");
        } else {
            mapWords(splitLine(setting), variable, to);
        }
    }
}

function mapWords(words: readonly string[], variable: Variable, to: Conversion): void {
    for (let index = 0; index < words.length; index += 1) {
        const word = words[index]!;
        if (word === "accept-proxy") {
            const fix = `${setCommand(["front", "proxyProtocol"], "true")} && ${setCommand(["front", "trustedProxies", 0], "ADDRESS")}`;
            to.refuse(variable, "has accept-proxy, but relink believes only proxies that it knows", fix);
        } else if (harmlessWithArgument.includes(word)) {
            index += 1;
        } else if (word === "crt" || word === "ca-file") {
            to.refuse(variable, `has ${word}, a file in HAProxy's container`, certificateFix);
            index += 1;
        } else if (word === "verify") {
            index += 1;
        } else if (!harmless.includes(word)) {
            index += mapTlsOption(words.slice(index), variable, to) - 1;
        }
    }
}

const certificateFix = `put it into the stack config: ${setCommand(["certificates", "NAME"], "PEM")}`;
