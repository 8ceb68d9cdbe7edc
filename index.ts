import "./settings/requireNode";
import "./settings/loadTypeScript";
import * as pulumi from "@pulumi/pulumi";
import { assumed, connectUnlessAssumed } from "./components/assumed";
import { BlueGreenService } from "./components/BlueGreenService";
import { dockerProvider, unaskedProvider } from "./components/dockerProvider";
import { readSettings } from "./components/fromPulumi";
import { HaproxyFront } from "./components/HaproxyFront";
import { afterwards, observed } from "./components/Outlook";
import { serviceOutputs } from "./components/outputs";
import { reportPlan } from "./components/planReport";
import { planServices } from "./components/stackPlan";
import { waitForOthers } from "./components/waitForOthers";
import { warnings } from "./components/warnings";
import type { Target } from "./model/Target";

/** Stack config -> settings -> observed state -> plan -> resources. */
export = async () => {
    const settings = await readSettings();
    const { front, host, services } = settings;
    const target: Target = { project: pulumi.getProject(), stack: pulumi.getStack(), host, front: front.name };

    const engine = await connectUnlessAssumed(host);
    if (engine !== undefined) {
        await waitForOthers(engine, front.name, Math.max(...services.map(({ policy }) => policy.lockTimeoutMs)));
    }
    const outlook = await (engine === undefined ? assumed(settings) : observed(engine, target, settings));
    warnings(settings, outlook.images, engine?.address);
    const plans = planServices(settings, outlook);
    reportPlan(target, plans);

    const provider = engine === undefined ? unaskedProvider() : dockerProvider(host);
    const haproxy = new HaproxyFront(
        "front",
        { target, settings: front, plan: outlook.front },
        { providers: provider && [provider] },
    );
    const outputs = plans.map(({ settings: { name, policy }, observed: before, plan, deployment, link }) => {
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
                    ? serviceOutputs(before, plan, front)
                    : serviceOutputs(await afterwards(engine, target, before), {}, front),
            ),
        ] as const;
    });
    return { services: Object.fromEntries(outputs) };
};
