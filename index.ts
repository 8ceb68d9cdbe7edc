import * as pulumi from "@pulumi/pulumi";
import { assumedOutlook, connectUnlessAssumed } from "./components/assumed";
import { BlueGreenService } from "./components/BlueGreenService";
import { readSettings } from "./components/fromPulumi";
import { ownFront, usedFront } from "./components/fronts";
import { afterFailure, outlookOf } from "./components/Outlook";
import { previewUrl, serviceOutputs } from "./components/outputs";
import { reportPlan } from "./components/planReport";
import { stackCertificates } from "./components/stackCertificates";
import { planServices } from "./components/stackPlan";
import { UsedFront } from "./components/UsedFront";
import { waitForOthers } from "./components/waitForOthers";
import { warnings } from "./components/warnings";
import type { Settings } from "./model/Settings";
import type { Target } from "./model/Target";

/** Stack config -> settings -> observed state -> plan -> resources. */
export = async () => {
    const settings = await readSettings();
    const target = targetOf(settings);

    const live = await connectUnlessAssumed(target);
    if (live !== undefined) {
        await waitForOthers(live, Math.max(...settings.services.map(({ policy }) => policy.lockTimeoutMs)));
    }
    const outlook = await (live === undefined ? assumedOutlook(settings) : outlookOf(live, settings));
    warnings(outlook.settings, outlook.images, live);
    const { front } = outlook.settings;
    const plans = planServices(outlook.settings, outlook);
    await reportPlan(target, plans);

    const haproxy = target.uses ? usedFront(target, outlook) : ownFront(target, outlook, live);
    const outputs = plans.map(
        ({ settings: { name, internal, policy, release }, observed: before, plan, deployment, link }) => {
            const service = new BlueGreenService(
                name,
                {
                    target,
                    plan,
                    deployment,
                    link,
                    hooks: policy.hooks,
                    declared: before.hooks,
                    previewUrl: release.protocol === "tcp" ? undefined : previewUrl(front, name),
                },
                { dependsOn: haproxy },
            );
            return [
                name,
                service.released.apply(async released =>
                    released
                        ? serviceOutputs(before, plan, front, internal)
                        : serviceOutputs(await afterFailure(live, before), {}, front, internal),
                ),
            ] as const;
        },
    );
    const certificates = haproxy instanceof UsedFront ? undefined : stackCertificates(front, haproxy, live);
    return { services: Object.fromEntries(outputs), ...(certificates && { certificates }) };
};

function targetOf({ front, host }: Settings): Target {
    const target = { project: pulumi.getProject(), stack: pulumi.getStack(), host, front: front.name };
    return front.use === undefined ? target : { ...target, uses: true };
}
