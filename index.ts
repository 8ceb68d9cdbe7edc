import * as pulumi from "@pulumi/pulumi";
import { assumedOutlook, connectUnlessAssumed } from "./components/assumed";
import { BlueGreenService } from "./components/BlueGreenService";
import { dockerProvider, unaskedProvider } from "./components/dockerProvider";
import { readSettings } from "./components/fromPulumi";
import { HaproxyFront } from "./components/HaproxyFront";
import { afterFailure, outlookOf } from "./components/Outlook";
import { serviceOutputs } from "./components/outputs";
import { reportPlan } from "./components/planReport";
import { stackCertificates } from "./components/stackCertificates";
import { planServices } from "./components/stackPlan";
import { waitForOthers } from "./components/waitForOthers";
import { warnings } from "./components/warnings";
import { serviceRulesOf } from "./model/ServiceRules";
import { accessOf } from "./model/ServiceSettings";
import type { Target } from "./model/Target";

/** Stack config -> settings -> observed state -> plan -> resources. */
export = async () => {
    const settings = await readSettings();
    const { front, host, services } = settings;
    const target: Target = { project: pulumi.getProject(), stack: pulumi.getStack(), host, front: front.name };

    const live = await connectUnlessAssumed(target);
    if (live !== undefined) {
        await waitForOthers(live, Math.max(...services.map(({ policy }) => policy.lockTimeoutMs)));
    }
    const outlook = await (live === undefined ? assumedOutlook(settings) : outlookOf(live, settings));
    warnings(settings, outlook.images, live);
    const plans = planServices(settings, outlook);
    await reportPlan(target, plans);

    const provider = live === undefined ? unaskedProvider() : dockerProvider(live);
    const haproxy = new HaproxyFront(
        "front",
        {
            target,
            settings: front,
            access: accessOf(services),
            services: serviceRulesOf(services),
            users: settings.users,
            plan: outlook.front,
        },
        { providers: provider && [provider] },
    );
    const outputs = plans.map(({ settings: { name, internal, policy }, observed: before, plan, deployment, link }) => {
        const service = new BlueGreenService(
            name,
            {
                target,
                plan,
                deployment,
                link,
                hooks: policy.hooks,
                declared: before.hooks,
                previewUrl: `http://${name}.localhost:${front.preview.port}`,
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
    });
    const certificates = stackCertificates(front, haproxy, live);
    return { services: Object.fromEntries(outputs), ...(certificates && { certificates }) };
};
