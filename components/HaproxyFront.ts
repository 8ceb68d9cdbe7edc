import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { fingerprintOf } from "../front/configuration";
import type { FrontObject } from "../front/frontObjects";
import type { FrontPlan } from "../front/frontPlan";
import { OPEN_FILES } from "../front/global";
import { fixedLabels, publishedPorts } from "../front/published";
import { anchorScript, HAPROXY_USER } from "../front/watchdog";
import type { FrontSettings } from "../model/FrontSettings";
import { folders } from "../model/folders";
import { frontNames, stackLabels, type Target } from "../model/Target";
import { ProvidedResource, urnOf } from "./dynamic";

export interface HaproxyFrontArgs {
    target: Target;
    settings: FrontSettings;
    plan: FrontPlan;
}

/** Seconds that Docker gives the anchor to exit. With it goes the network namespace, so this is only politeness. */
const anchorGraceSeconds = 2;

/**
 * The docker plugin does not read these back, so after an import they are unknown, and it plans to replace the container
 * (https://github.com/kreuzwerker/terraform-provider-docker, resource_docker_container_funcs.go). Only a value given here
 * prevents that. `ignoreChanges: ["*"]` would remove this value again, and the plugin ignores only properties that are named.
 */
const neverRead = { envs: [], securityOpts: [] } satisfies Partial<docker.ContainerArgs>;

/** What the docker plugin fills in by itself where nothing is given. */
const filledIn = [
    "attach",
    "containerReadRefreshTimeoutMilliseconds",
    "logs",
    "mustRun",
    "networkMode",
    "removeVolumes",
    "start",
    "wait",
    "waitTimeout",
] satisfies (keyof docker.ContainerArgs)[];

/**
 * The HAProxy that owns the public ports. Its container is an anchor that never changes: it holds the network namespace
 * and the published ports. HAProxy runs beside it in generations, so that a new configuration or a new HAProxy costs no
 * connection: docs/decisions/01-anchor-and-generations.md.
 */
export class HaproxyFront extends pulumi.ComponentResource {
    constructor(name: string, args: HaproxyFrontArgs, options: pulumi.ComponentResourceOptions) {
        super("relink:index:HaproxyFront", name, {}, options);
        const { settings, plan, target } = args;
        const { layout, objects } = plan;
        const names = frontNames(settings.name);
        const labels = { ...stackLabels(target), "relink.front": settings.name };
        // Made once. Whatever changes later, an image under the same tag, a plugin's defaults, our labels, must never
        // replace them under the traffic; what the user changes is refused by name (frontPlan.ts). What is there, but not
        // in Pulumi's state, is imported; for what the state has, Pulumi does nothing about `import`.
        const child = (object?: FrontObject) => ({ parent: this, ignoreChanges: ["*"], import: object?.id });

        const network = new docker.Network(
            `${name}-network`,
            {
                name: names.network,
                driver: "bridge",
                ipamConfigs: [{ subnet: layout.subnet, gateway: layout.gateway, ipRange: layout.ipRange }],
                labels: asList(labels),
            },
            child(objects.network),
        );
        const volumes = (["config", "run", "record"] as const).map(kind => ({
            folder: folders[kind],
            volume: new docker.Volume(
                `${name}-${kind}`,
                { name: names.volumes[kind], labels: asList(labels) },
                child(objects.volumes[kind]),
            ),
        }));
        const image = new docker.RemoteImage(`${name}-image`, { name: settings.image, keepLocally: true }, child());
        const fixed: docker.ContainerArgs = {
            name: names.anchor,
            image: image.imageId,
            entrypoints: ["sh", "-c"],
            command: [anchorScript],
            user: `${HAPROXY_USER}:${HAPROXY_USER}`,
            init: true,
            stopSignal: "SIGTERM",
            destroyGraceSeconds: anchorGraceSeconds,
            // As for a generation: HAProxy may have to stand in here, and writes a line per failure.
            logDriver: "local",
            ulimits: [{ name: "nofile", soft: OPEN_FILES, hard: OPEN_FILES }],
            restart: "always",
            labels: asList({
                ...labels,
                "relink.role": "anchor",
                ...fixedLabels(settings),
            }),
            ports: publishedPorts(settings).map(({ key: _, ...port }) => port),
            networksAdvanced: [{ name: network.name, ipv4Address: layout.anchor }],
            volumes: volumes.map(({ folder, volume }) => ({ volumeName: volume.name, containerPath: folder })),
        };
        const anchor = new docker.Container(
            `${name}-anchor`,
            { ...fixed, ...neverRead },
            { ...child(objects.anchor), ignoreChanges: [...Object.keys(fixed), ...filledIn] },
        );

        new ProvidedResource(
            "frontConfig",
            "FrontConfig",
            `${name}-config`,
            {
                image: settings.image,
                timeouts: settings.timeouts,
                trustedProxies: settings.trustedProxies.length === 0 ? undefined : settings.trustedProxies,
                anchor: anchor.id,
                act: plan.act,
                __plan: plan.adoptFrom && { adoptFrom: plan.adoptFrom },
                __key: plan.key && pulumi.secret(plan.key.toString("hex")),
                configuration: fingerprintOf(settings),
                __target: target,
                __urn: urnOf(this, "FrontConfig", `${name}-config`),
            },
            { parent: this },
        );
        this.registerOutputs();
    }
}

function asList(labels: Record<string, string>): { label: string; value: string }[] {
    return Object.entries(labels).map(([label, value]) => ({ label, value }));
}
