import type { Conversion, TutumService, Variable } from "./Conversion";
import { splitLine } from "./lists";

/**
 * `HSTS_MAX_AGE` and `GZIP_COMPRESSION_TYPE`: by the front where all services have the same, and by own lines of some
 * otherwise.
 */
export function shareAnswers(to: Conversion): void {
    share("HSTS_MAX_AGE", to, {
        ofAll: variable => {
            if (to.front.https === undefined) {
                const fix = "add DEFAULT_SSL_CERT, or leave it out";
                to.refuse(variable, "is for HTTPS, but there is no certificate", fix);
            } else {
                to.setFront(["https", "hsts"], `max-age=${variable.value.trim()}; includeSubDomains`, variable);
            }
        },
        ofOne: (variable, service) => {
            const value = `"max-age=${variable.value.trim()}; includeSubDomains"`;
            const line = `http-response set-header Strict-Transport-Security ${value} if { ssl_fc }`;
            to.addBackendLine(service, line, variable);
        },
    });
    share("GZIP_COMPRESSION_TYPE", to, {
        ofAll: variable => to.setFront(["compression"], splitLine(variable.value), variable),
        ofOne: (variable, service) => {
            to.addBackendLine(service, "compression algo gzip", variable);
            to.addBackendLine(service, `compression type ${splitLine(variable.value).join(" ")}`, variable);
        },
    });
}

interface Sharing {
    ofAll: (variable: Variable) => void;
    ofOne: (variable: Variable, service: TutumService) => void;
}

function share(name: string, to: Conversion, { ofAll, ofOne }: Sharing): void {
    const found = to.linked.map(service => ({ service, variable: to.variableOf(service, name) }));
    const values = new Set(found.map(({ variable }) => variable?.value.trim()));
    const [first] = found;
    if (values.size === 1 && first?.variable !== undefined) {
        ofAll(first.variable);
        return;
    }
    for (const { service, variable } of found) {
        if (variable !== undefined) {
            ofOne(variable, service);
        }
    }
}
