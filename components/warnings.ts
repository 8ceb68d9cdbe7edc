import * as pulumi from "@pulumi/pulumi";
import type { FoundImage } from "../look/images";
import type { LiveSystem } from "../look/LiveSystem";
import { endsSoon } from "../model/Certificate";
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
        if (endsSoon(certificate, Date.now())) {
            pulumi.log.warn(
                `front: the certificate ${certificate.name} ends on ${certificate.notAfter}. Set relink:certificates.` +
                    `${certificate.name} to a new one, and run pulumi up.`,
            );
        }
    }
    if (settings.services.length > 1 && process.env.PULUMI_CONTINUE_ON_ERROR !== "true") {
        pulumi.log.warn(
            "With several services set PULUMI_CONTINUE_ON_ERROR=true (npm run pulumi does), " +
                "so that the failure of one does not stop the release of another.",
        );
    }
}
