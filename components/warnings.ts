import * as pulumi from "@pulumi/pulumi";
import type { FoundImage } from "../look/images";
import type { LiveSystem } from "../look/LiveSystem";
import { type Certificate, endsSoon } from "../model/Certificate";
import type { Settings } from "../model/Settings";

/** Warns the user of what does not have to stop the `up`. */
export function warnings(settings: Settings, images: Map<string, FoundImage>, live?: LiveSystem): void {
    if (live?.danger !== undefined) {
        pulumi.log.warn(live.danger);
    }
    for (const [service, { warning }] of images) {
        if (warning !== undefined) {
            pulumi.log.warn(`${service}: ${warning}`);
        }
    }
    for (const certificate of settings.front.https?.certificates ?? []) {
        warnOfCertificate(certificate);
    }
    warnOfPlainPasswords(settings);
    if (settings.services.length > 1 && process.env.PULUMI_CONTINUE_ON_ERROR !== "true") {
        pulumi.log.warn(
            "With several services set PULUMI_CONTINUE_ON_ERROR=true (npm run pulumi does), " +
                "so that the failure of one does not stop the release of another.",
        );
    }
}

/** Behind a trusted proxy, HTTPS may end there. */
function warnOfPlainPasswords({ front, services }: Settings): void {
    const asking = services.filter(({ access }) => access?.basic !== undefined).map(({ name }) => name);
    const isSafe = front.trustedProxies.length > 0 || front.http.redirectToHttps !== undefined;
    if (asking.length > 0 && !isSafe) {
        pulumi.log.warn(
            `${asking.join(", ")}: passwords (auth.basic) travel in plain text with requests that come without TLS. Set ` +
                "front.https and front.http.redirectToHttps.",
        );
    }
}

function warnOfCertificate(certificate: Certificate): void {
    const { name, notAfter, missingIssuer } = certificate;
    if (endsSoon(certificate, Date.now())) {
        pulumi.log.warn(
            `front: the certificate ${name} ends on ${notAfter}. Set relink:certificates.${name} to a new one, and run ` +
                "pulumi up.",
        );
    }
    if (missingIssuer !== undefined) {
        pulumi.log.warn(
            `front: the certificate ${name} comes without the one of its issuer (${missingIssuer}). Clients that do not ` +
                `know that one refuse it. Put the issuer's certificate behind it in relink:certificates.${name} (fullchain.pem).`,
        );
    }
}
