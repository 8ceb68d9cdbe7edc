import type { Conversion, Variable } from "./Conversion";
import { splitLine } from "./lists";

/** What relink's TLS does anyway: nothing older than TLS 1.2, no tickets. */
const relinkHas = ["no-sslv3", "no-tlsv10", "no-tlsv11", "no-tls-tickets", "prefer-client-ciphers"];

/** `SSL_BIND_OPTIONS`: words of `ssl-default-bind-options`. */
export function mapTlsOptions(variable: Variable, to: Conversion): void {
    const words = splitLine(variable.value);
    for (let index = 0; index < words.length; ) {
        index += mapTlsOption(words.slice(index), variable, to);
    }
}

/** Maps the first of these words. @returns how many of them it took */
export function mapTlsOption(
    [word = "", argument = ""]: readonly string[],
    variable: Variable,
    to: Conversion,
): number {
    if (relinkHas.includes(word)) {
        return 1;
    }
    const isNew = word === "no-tlsv12" || word === "force-tlsv13" || (word === "ssl-min-ver" && argument === "TLSv1.3");
    const isUsual = word === "ssl-min-ver" && argument === "TLSv1.2";
    if (isNew || isUsual) {
        to.setFront(["https", "minVersion"], isNew ? "TLSv1.3" : "TLSv1.2", variable);
    } else {
        const fix =
            "relink has https.minVersion, TLSv1.2 or TLSv1.3, and Mozilla's intermediate settings: leave it out";
        to.refuse(variable, `has ${word} for the listeners, which relink writes itself`, fix);
    }
    return word === "ssl-min-ver" || word === "ssl-max-ver" ? 2 : 1;
}

/** `SSL_BIND_CIPHERS`. */
export function mapCiphers(variable: Variable, to: Conversion): void {
    to.addFrontLine("global", `ssl-default-bind-ciphers ${variable.value.trim()}`, variable);
    to.note(variable, "stays as an own line. Without it relink has Mozilla's intermediate ciphers, which are of today");
}
