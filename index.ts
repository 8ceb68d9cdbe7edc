import "./settings/requireNode";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { BlueGreenService } from "./components/BlueGreenService";
import { connect } from "./components/connect";
import { planFront } from "./components/frontPlan";
import { HaproxyFront } from "./components/HaproxyFront";
import { findImages } from "./components/images";
import { serviceOutputs } from "./components/outputs";
import { readOwnState } from "./components/ownState";
import { reportPlan } from "./components/planReport";
import { planServices } from "./components/stackPlan";
import { waitForOthers } from "./components/waitForOthers";
import { warnings } from "./components/warnings";
import { observeEverything } from "./providers/observe";
import type { Target } from "./providers/Target";
import { readSettings } from "./settings/fromPulumi";

/** Stack config -> settings -> observed state -> plan -> resources. */
export = async () => {
    const settings = await readSettings();
    const { front, host, services } = settings;
    const target: Target = { project: pulumi.getProject(), stack: pulumi.getStack(), host, front: front.name };

    const engine = await connect(host);
    await waitForOthers(engine, front.name, Math.max(...services.map(({ policy }) => policy.lockTimeoutMs)));
    const [world, state] = await Promise.all([observeEverything(engine, target), readOwnState()]);
    const images = await findImages(engine, settings, world);
    const frontPlan = await planFront(engine, target, settings, world);
    warnings(settings, images);
    const plans = planServices(settings, world, images, frontPlan, state);
    reportPlan(target, plans);

    const provider = host === undefined ? undefined : new docker.Provider("docker", { host });
    const haproxy = new HaproxyFront(
        "front",
        { target, settings: front, plan: frontPlan },
        { providers: provider && [provider] },
    );
    const outputs = plans.map(({ settings: { name, policy }, observed, plan, deployment, link }) => {
        const service = new BlueGreenService(
            name,
            {
                target,
                plan,
                deployment,
                link,
                hooks: policy.hooks,
                declared: observed.hooks,
                previewUrl: `http://${name}.localhost:${front.preview.port}`,
            },
            { dependsOn: haproxy },
        );
        return [
            name,
            service.released.apply(released => serviceOutputs(observed, released ? plan : {}, front)),
        ] as const;
    });
    return { services: Object.fromEntries(outputs) };
};
