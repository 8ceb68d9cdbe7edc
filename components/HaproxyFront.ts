import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { fingerprintOf } from "../front/configuration";
import type { FrontObject } from "../front/frontObjects";
import type { FrontPlan } from "../front/frontPlan";
import { fixedLabels, publishedPorts } from "../front/published";
import { anchorScript, haproxyUser } from "../front/watchdog";
import type { CertificateFile } from "../model/Certificate";
import { generationLabels } from "../model/FrontImage";
import { type FrontSettings, type HttpsSettings, type PublicRules, tlsListener } from "../model/FrontSettings";
import { folders } from "../model/folders";
import type { ServiceAccess } from "../model/ServiceAccess";
import type { ServiceRules } from "../model/ServiceRules";
import { frontNames, stackLabels, type Target } from "../model/Target";
import type { FrontAction } from "../providers/FrontConfig";
import { ProvidedResource, urnOf } from "./dynamic";

export interface HaproxyFrontArgs {
    target: Target;
    settings: FrontSettings;
    /** Who may ask, by service. */
    access: Record<string, ServiceAccess>;
    /** What the listeners do for single services. */
    services: Record<string, ServiceRules>;
    /** Hashes of the passwords, by the user's name. */
    users: Record<string, string>;
    plan: FrontPlan;
}

/** Seconds that Docker gives the anchor to exit. The network namespace ends with it, so a longer grace saves no connection. */
const anchorGraceSeconds = 2;

/** Files that HAProxy may open while it stands in. A generation may open what Docker lets any container. */
const standInFiles = 20_000;

/**
 * The docker plugin does not read these back, so after an import they are unknown, and it plans to replace the container
 * (https://github.com/kreuzwerker/terraform-provider-docker, resource_docker_container_funcs.go). Only a value given here
 * prevents that. `ignoreChanges: ["*"]` would remove this value again, and the plugin ignores only properties that are named.
 */
const neverRead = { envs: [], securityOpts: [] } satisfies Partial<docker.ContainerArgs>;

/** What the docker plugin fills in when nothing is given. */
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
    readonly #name: string;
    readonly #args: HaproxyFrontArgs;
    readonly #labels: Record<string, string>;
    /** Resolves once the front is as the settings say; it does not where that failed. */
    readonly applied: pulumi.Output<string>;

    constructor(name: string, args: HaproxyFrontArgs, options: pulumi.ComponentResourceOptions) {
        super("relink:index:HaproxyFront", name, {}, options);
        this.#name = name;
        this.#args = args;
        this.#labels = { ...stackLabels(args.target), "relink.front": args.settings.name };
        const network = this.#network();
        const volumes = this.#volumes();
        this.applied = this.#configuration(this.#anchor(network, volumes)).urn;
        this.registerOutputs();
    }

    #network(): docker.Network {
        const { layout, objects } = this.#args.plan;
        return new docker.Network(
            `${this.#name}-network`,
            {
                name: this.#names.network,
                driver: "bridge",
                ipamConfigs: [{ subnet: layout.subnet, gateway: layout.gateway, ipRange: layout.ipRange }],
                labels: asList(this.#labels),
            },
            this.#child(objects.network),
        );
    }

    /** @returns the mounts of the anchor. */
    #volumes(): { volumeName: pulumi.Output<string>; containerPath: string }[] {
        const { objects } = this.#args.plan;
        return (["config", "run", "record"] as const).map(kind => {
            const volume = new docker.Volume(
                `${this.#name}-${kind}`,
                { name: this.#names.volumes[kind], labels: asList(this.#labels) },
                this.#child(objects.volumes[kind]),
            );
            return { volumeName: volume.name, containerPath: folders[kind] };
        });
    }

    #anchor(network: docker.Network, volumes: docker.types.input.ContainerVolume[]): docker.Container {
        const { settings, plan } = this.#args;
        const image = new docker.RemoteImage(
            `${this.#name}-image`,
            { name: settings.image, keepLocally: true },
            this.#child(),
        );
        const fixed: docker.ContainerArgs = {
            name: this.#names.anchor,
            image: image.imageId,
            entrypoints: ["sh", "-c"],
            command: [anchorScript],
            user: `${haproxyUser}:${haproxyUser}`,
            init: true,
            stopSignal: "SIGTERM",
            destroyGraceSeconds: anchorGraceSeconds,
            // HAProxy may have to stand in here, and writes a line per failure. Docker bounds the log of this driver.
            logDriver: "local",
            ulimits: [{ name: "nofile", soft: standInFiles, hard: standInFiles }],
            restart: "always",
            labels: [
                ...asList({ ...this.#labels, "relink.role": "anchor" }),
                // A later image of the config is not the anchor's: the resource above keeps the first one.
                { label: generationLabels.image, value: image.name },
                ...asList(fixedLabels(settings)),
            ],
            ports: publishedPorts(settings).map(({ key: _, ...port }) => port),
            networksAdvanced: [{ name: network.name, ipv4Address: plan.layout.anchor }],
            volumes,
        };
        return new docker.Container(
            `${this.#name}-anchor`,
            { ...fixed, ...neverRead },
            { ...this.#child(plan.objects.anchor), ignoreChanges: [...Object.keys(fixed), ...filledIn] },
        );
    }

    #configuration(anchor: docker.Container): ProvidedResource {
        const { settings, access, services, users, plan, target } = this.#args;
        const name = `${this.#name}-config`;
        const pages = pageFiles(settings);
        return new ProvidedResource(
            "frontConfig",
            "FrontConfig",
            name,
            {
                image: settings.image,
                timeouts: settings.timeouts,
                trustedProxies: settings.trustedProxies.length === 0 ? undefined : settings.trustedProxies,
                rules: shownRules(settings),
                access: Object.keys(access).length === 0 ? undefined : access,
                services: Object.keys(services).length === 0 ? undefined : services,
                pages: Object.keys(pages).length === 0 ? undefined : pages,
                __pages: Object.keys(pages).length === 0 ? undefined : pageTexts(settings),
                __users: Object.keys(users).length === 0 ? undefined : pulumi.secret(users),
                https: shownHttps(settings),
                __certificates: settings.https && pulumi.secret(certificateFiles(settings.https)),
                __managed: settings.https?.managed,
                __clientCa: settings.https?.clients?.text,
                anchor: anchor.id,
                handOver: plan.generation?.handOver,
                act: plan.act,
                __plan: plannedAction(plan),
                __key: plan.key && pulumi.secret(plan.key.toString("hex")),
                configuration: fingerprintOf(settings),
                __target: target,
                __urn: urnOf(this, "FrontConfig", name),
            },
            { parent: this },
        );
    }

    get #names() {
        return frontNames(this.#args.settings.name);
    }

    /**
     * Options of an object that is made once. What changes later, such as an image under the same tag, a plugin's defaults
     * or our labels, must never replace it under the traffic. front/frontPlan.ts refuses by name what the user changes.
     * @param object what is there already. It is imported when Pulumi's state has lost it
     */
    #child(object?: FrontObject) {
        return { parent: this, ignoreChanges: ["*"], import: object?.id };
    }
}

function pageFiles({ errorPages }: FrontSettings): Record<string, string> {
    return Object.fromEntries(Object.entries(errorPages).map(([name, { file }]) => [name, file]));
}

function pageTexts({ errorPages }: FrontSettings): Record<string, string> {
    return Object.fromEntries(Object.values(errorPages).map(({ file, text }) => [file, text]));
}

function plannedAction({ adoptFrom, leaving = [], generation }: FrontPlan): FrontAction | undefined {
    const identity = generation?.kind.image.identity;
    const action = {
        ...(adoptFrom !== undefined && { adoptFrom }),
        ...(leaving.length > 0 && { leaving }),
        ...(identity !== undefined && { image: identity }),
    };
    return Object.keys(action).length > 0 ? action : undefined;
}

/** @returns those of the listener's rules that are set, or undefined: a preview shows no other */
function shownRules(settings: FrontSettings): Partial<PublicRules> | undefined {
    const {
        redirects,
        responseHeaders,
        accessLog,
        haproxy,
        limits,
        compression = [],
        proxyProtocol,
        healthPath,
        statistics,
        previewSecretSha256,
    } = settings;
    const rules = {
        ...(Object.keys(redirects).length > 0 && { redirects }),
        ...(Object.keys(responseHeaders).length > 0 && { responseHeaders }),
        ...(haproxy.global.length + haproxy.frontend.length > 0 && { haproxy }),
        ...(accessLog !== undefined && { accessLog }),
        ...(Object.keys(limits).length > 0 && { limits }),
        ...(compression.length > 0 && { compression }),
        ...(proxyProtocol && { proxyProtocol }),
        ...(healthPath !== undefined && { healthPath }),
        ...(statistics !== undefined && { statistics }),
        ...(previewSecretSha256 !== undefined && { previewSecretSha256 }),
    };
    return Object.keys(rules).length > 0 ? rules : undefined;
}

/** @returns HTTPS as a preview shows it, without a key */
function shownHttps(settings: FrontSettings) {
    const tls = tlsListener(settings);
    const { certificates = [], managed = [], acme } = settings.https ?? {};
    const shown = certificates.map(({ name, hosts, notAfter, digest }) => [
        name,
        `${hosts.join(", ")}; until ${notAfter.slice(0, 10)}; sha256 ${digest.slice(0, 12)}`,
    ]);
    const own = managed.map(({ name, hosts, by }) => [
        name,
        `${hosts.join(", ")}; ${by === "acme" ? "by ACME" : "signed by relink, for development"}`,
    ]);
    return tls && { ...tls, certificate: Object.fromEntries([...shown, ...own]), acme };
}

function certificateFiles({ certificates }: HttpsSettings): Record<string, CertificateFile> {
    return Object.fromEntries(certificates.map(({ name, pem, fingerprint }) => [name, { pem, fingerprint }]));
}

function asList(labels: Record<string, string>): { label: string; value: string }[] {
    return Object.entries(labels).map(([label, value]) => ({ label, value }));
}
