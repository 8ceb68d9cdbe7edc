import * as pulumi from "@pulumi/pulumi";
import type { Engine } from "../docker/Engine";
import { formatEngineAddress } from "../docker/EngineAddress";
import { inspectNetwork } from "../docker/networks";
import { frontendsFile } from "../haproxy/names";
import { layout } from "../model/addresses";
import { covers } from "../model/Certificate";
import type { FrontSettings } from "../model/FrontSettings";
import { stackName } from "../model/ownership";
import type { Settings } from "../model/Settings";
import { type StackRules, stackRulesOf } from "../model/StackRules";
import { frontNames, type Target } from "../model/Target";
import { currentWorkers, type World } from "../model/World";
import { findFronts, type OtherFront } from "./frontOwner";
import type { FrontPlan } from "./frontPlan";
import { listenersIn } from "./listenerFiles";
import { listenerPorts } from "./listeners";
import { hasStackRules } from "./stackRules";
import { unpublishedPorts } from "./unpublishedPorts";

/**
 * Plans a front that belongs to another stack (`front.use`). This stack changes nothing of it but its own services.
 * @throws RunError where there is no such front, it does not serve, or this stack is at home on another front
 */
export async function planUsedFront(
    engine: Engine,
    target: Target,
    settings: Pick<Settings, "services" | "users">,
    world: World,
): Promise<FrontPlan> {
    const fronts = await findFronts(engine);
    const { key } = world.records;
    requireFront(engine, target, world, fronts);
    refuseMove(target, fronts);
    const subnet = (await inspectNetwork(engine, frontNames(target.front).network))?.subnet;
    if (subnet === undefined || key === undefined || currentWorkers(world.front).length === 0) {
        refuse([
            ` - relink:front.use: the front ${target.front} does not serve now. Its own stack puts that right:`,
            `   pulumi up --stack ${stackOf(world)}`,
        ]);
    }
    for (const host of uncoveredHosts(settings, world)) {
        pulumi.log.warn(
            `${host}: no certificate of the front ${target.front} covers it, so that clients refuse it over HTTPS. The stack ` +
                `${world.owner} has the certificates (docs/several-stacks.md).`,
        );
    }
    refuseUnpublished(settings, world);
    const act = !hasRules(world.files ?? new Map(), stackRulesOf(settings), world);
    return { layout: layout(subnet), key, act, owner: world.owner, objects: { volumes: {} } };
}

/**
 * @param settings of a stack that only uses the front, so that they say nothing of it
 * @returns the settings with what the front on the Docker host says of its addresses
 */
export function asFound(settings: FrontSettings, { anchor, files }: Pick<World, "anchor" | "files">): FrontSettings {
    const label = (name: string) => anchor?.labels[`relink.front.${name}`];
    const port = (name: string, usual: number) => Number(label(name) ?? usual);
    const address = label("address");
    const { tls, trustedProxies = [] } = listenersIn(files ?? new Map()) ?? {};
    const hasTls = files?.get(frontendsFile)?.includes(`\n    bind :${listenerPorts.https} `) ?? false;
    const https = { certificates: [], managed: [], default: "", minVersion: "TLSv1.2" } as const;
    const redirect = tls?.redirect?.status;
    return {
        ...settings,
        trustedProxies,
        ...(address !== undefined && address !== "all" && { address }),
        http: { port: port("http.port", settings.http.port), ...(redirect && { redirectToHttps: redirect }) },
        preview: { port: port("preview.port", settings.preview.port) },
        metrics: { port: port("metrics.port", settings.metrics.port) },
        ...(hasTls && {
            https: { ...https, certificates: [], managed: [], port: Number(label("https.port")) || undefined },
        }),
    };
}

function requireFront(engine: Engine, target: Target, { anchor, owner }: World, fronts: OtherFront[]): void {
    if (anchor?.labels["relink.role"] !== "anchor") {
        const names = fronts.map(({ name, owner }) => `${name} (of ${owner})`).join(", ") || "none";
        refuse([
            ` - relink:front.use: there is no front ${target.front} on the Docker host ${formatEngineAddress(engine.address)}. Fronts there: ${names}.`,
            "   The stack that owns a front makes it by pulumi up. To use another one:",
            "   pulumi config set --path relink:front.use NAME",
        ]);
    }
    if (owner === stackName(target)) {
        refuse([
            ` - relink:front.use: ${target.front} is this stack's own front, which front.name names.`,
            `   pulumi config rm --path relink:front.use && pulumi config set --path relink:front.name ${target.front}`,
        ]);
    }
}

/** Refuses a stack whose services are on another front: what runs there would be left behind. */
function refuseMove(target: Target, fronts: OtherFront[]): void {
    const self = stackName(target);
    const own = fronts.find(
        ({ name, owner, users }) => owner === self || (users.includes(self) && name !== target.front),
    );
    if (own?.owner === self) {
        refuse([
            ` - relink:front.use: this stack has a front of its own, ${own.name}, and cannot move to ${target.front} with what runs.`,
            "   Use another stack, or remove everything of this one first: pulumi destroy",
        ]);
    }
    if (own !== undefined) {
        refuse([
            ` - relink:front.use: has been ${own.name} since this stack's services were released, and cannot become ${target.front}.`,
            `   pulumi config set --path relink:front.use ${own.name}`,
        ]);
    }
}

/** @returns the hosts of the stack's services that no certificate covers; none where the front has no HTTPS */
export function uncoveredHosts({ services }: Pick<Settings, "services">, { files }: Pick<World, "files">): string[] {
    const { certificate } = listenersIn(files ?? new Map())?.tls ?? {};
    if (certificate === undefined) {
        return [];
    }
    const covered = Object.values(certificate).flatMap(words => (words.split(";")[0] ?? "").split(", "));
    const hosts = services.flatMap(({ routes }) =>
        routes.filter(({ tcpPort }) => tcpPort === undefined).map(({ host }) => host),
    );
    return [...new Set(hosts)].filter(host => host !== "*" && !covers(covered, host));
}

function refuseUnpublished({ services }: Pick<Settings, "services">, { anchor }: World): void {
    const ports = services.flatMap(({ routes }) => routes.flatMap(({ tcpPort }) => tcpPort ?? []));
    const problems = anchor === undefined ? [] : unpublishedPorts(anchor, services, [...new Set(ports)]);
    if (problems.length > 0) {
        refuse(problems.map(problem => ` - ${problem}`));
    }
}

/** @throws RunError where the front's own stack has to act first */
function hasRules(files: ReadonlyMap<string, string>, rules: StackRules, world: World): boolean {
    try {
        return hasStackRules(files, rules);
    } catch (error) {
        return refuse([` - relink:front.use: ${(error as Error).message}:`, `   pulumi up --stack ${stackOf(world)}`]);
    }
}

function stackOf({ owner = "" }: World): string {
    return owner.slice(owner.indexOf("/") + 1);
}

function refuse(lines: string[]): never {
    throw new pulumi.RunError(`The front cannot be used like this; nothing was done.\n${lines.join("\n")}`);
}
