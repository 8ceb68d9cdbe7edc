import * as pulumi from "@pulumi/pulumi";
import { readRecords } from "../journal/RecordStore";
import type { LiveSystem } from "../look/LiveSystem";
import type { FrontSettings } from "../model/FrontSettings";
import { frontNames } from "../model/Target";
import type { HaproxyFront } from "./HaproxyFront";
import { type CertificateOutputs, certificateOutputs } from "./outputs";

type Outputs = Record<string, CertificateOutputs>;

/**
 * @param live undefined where the preview does without Docker
 * @returns the output `certificates`; undefined without HTTPS. Certificates that relink gets itself are known once the front has them
 */
export function stackCertificates(
    front: FrontSettings,
    haproxy: HaproxyFront,
    live: LiveSystem | undefined,
): pulumi.Input<Outputs> | undefined {
    const given = certificateOutputs(front, new Map());
    if (given === undefined || front.https?.managed.length === 0 || live === undefined) {
        return given;
    }
    const recorded = async () => {
        const { certificates = new Map() } = await readRecords(live.engine, frontNames(front.name).anchor);
        return certificateOutputs(front, certificates) ?? {};
    };
    // The failed resource has said why.
    return pulumi.recover(haproxy.applied.apply(recorded), () => given);
}
