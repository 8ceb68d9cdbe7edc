import type { ComposeError } from "../compose/ComposeError";
import { withoutIgnored } from "../compose/ignore";
import { Mapping } from "../compose/Mapping";
import { mapService } from "../compose/mapService";
import { type Fields, fieldsOf, isFields, itemsOf } from "../settings/fields";
import type { Chosen } from "./colors";
import { splitList } from "./lists";
import type { StackFile } from "./StackFile";
import { serviceRows } from "./variables";

/** Keys of Tutum and Docker Cloud that say where and when containers start. relink decides that itself. */
const ofTutum = ["autoredeploy", "deployment_strategy", "roles", "sequential_deployment", "tags", "linked_to_service"];

/** A value shorter than this is no secret. compose/environmentSecrets.ts has the same rule. */
const shortestSecret = 6;

/** What becomes of a service's containers. */
export interface Containers {
    /** Keys of the relink service. */
    settings: Fields;
    /** By `SERVICE.NAME`, for `relink:secrets`. */
    secrets: Record<string, string>;
    errors: readonly ComposeError[];
    /** Ports of a container, where the file does not say which one HAProxy leads to. @default undefined (one is known) */
    ports?: number[];
    /** What behaves in another way than before: key, then sentence. */
    notes: [key: string, message: string][];
}

/** Maps the keys of the live color as relink maps a Compose service. */
export function mapContainers(
    { name, live, replicas }: Chosen,
    file: StackFile,
    ignored: readonly string[],
): Containers {
    const notes: [string, string][] = [];
    const { service } = live;
    const whole = withoutIgnored(file.service(service), ignored);
    const { ports, expose, volumes, ...source } = translated(whole, notes);
    const targets = portsOf({ ports, expose }, live.variables);
    const writable = itemsOf(volumes).map(volume => fieldsOf(volume).read_only !== true);
    const mapping = new Mapping(
        { ...source, ...(volumes !== undefined && { volumes: itemsOf(volumes).map(readOnly) }) },
        {
            project: withoutOthers(file, service),
            service,
            own: {},
            name,
            front: { port: 80, address: undefined },
            heldSecrets: [],
            readSecret: () => undefined,
            isFromOutside: (variable, value) => value.length >= shortestSecret && !file.isWritten(service, variable),
        },
    );
    mapService(mapping);
    const settings: Fields = {};
    for (const { key, value, from } of mapping.mapped) {
        const isWritable = key[0] === "volumes" && writable[Number(from[1])] === true;
        put(settings, key, isWritable ? sharedIfSaid(value) : value);
    }
    if (replicas !== undefined) {
        settings.replicas = replicas;
    }
    notePublished(itemsOf(ports), notes);
    return {
        settings: { ...settings, ...(targets.length === 1 && { port: targets[0] }) },
        secrets: mapping.secretValues,
        errors: mapping.errors,
        notes,
        ...(targets.length !== 1 && { ports: targets }),
    };
}

function translated({ target_num_containers: count, ...source }: Fields, notes: [string, string][]): Fields {
    const { autorestart, autodestroy, net, environment, labels, ...rest } = source;
    const result = Object.fromEntries(Object.entries(rest).filter(([key]) => !ofTutum.includes(key)));
    if (rest.deployment_strategy === "every_node") {
        notes.push(["deployment_strategy", "had a container on each node; relink has as many as replicas says"]);
    }
    if (rest.autoredeploy === true) {
        notes.push(["autoredeploy", "released each new image by itself; relink does it when you run pulumi up"]);
    }
    const restarts: Fields = { ALWAYS: "always", ON_FAILURE: "on-failure", OFF: "no" };
    return {
        ...result,
        ...(count !== undefined && { scale: count }),
        ...(autorestart !== undefined && { restart: restarts[String(autorestart).toUpperCase()] ?? autorestart }),
        ...(isDestroyed(autodestroy) && { autodestroy }),
        ...(net !== undefined && net !== "bridge" && { network_mode: net }),
        environment: own(environment, name => !Object.hasOwn(serviceRows, name)),
        labels: own(labels, name => !name.startsWith("com.docker.dockercloud.haproxy.")),
    };
}

function isDestroyed(autodestroy: unknown): boolean {
    return autodestroy !== undefined && !["no", "off", "false"].includes(String(autodestroy).toLowerCase());
}

function own(fields: unknown, isOwn: (name: string) => boolean): Fields {
    return Object.fromEntries(Object.entries(fieldsOf(fields)).filter(([name]) => isOwn(name)));
}

/** @returns the ports that HAProxy led to, as far as the file has them */
function portsOf({ ports, expose }: Fields, variables: Readonly<Record<string, string | undefined>>): number[] {
    const said = splitList(variables.SERVICE_PORTS ?? "");
    const published = itemsOf(ports).flatMap(port =>
        fieldsOf(port).protocol === "udp" ? [] : [fieldsOf(port).target],
    );
    const exposed = itemsOf(expose).map(port => String(port).replace("/tcp", ""));
    const excluded = splitList(variables.EXCLUDE_PORTS ?? "");
    const all =
        said.length > 0 ? said : [...published, ...exposed].map(String).filter(port => !excluded.includes(port));
    return [...new Set(all.map(Number))];
}

function notePublished(ports: readonly unknown[], notes: [string, string][]): void {
    if (ports.some(port => fieldsOf(port).published !== undefined)) {
        notes.push(["ports", "published ports of the host; of relink's services only the front has some"]);
    }
}

/** The services that the front leads to reach one another by it, and not by a network. */
function withoutOthers(file: StackFile, service: string): StackFile["project"] {
    const { project } = file;
    const services = Object.entries(project.services).filter(([name]) => name === service || !file.leaves.has(name));
    return { ...project, services: Object.fromEntries(services) };
}

function readOnly(volume: unknown): unknown {
    return isFields(volume) ? { ...volume, read_only: true } : volume;
}

/** Both colors run at once. relink asks for a word on that when it reads the stack config. */
function sharedIfSaid(volume: unknown): Fields {
    const { source, target } = fieldsOf(volume);
    return { source, target };
}

function put(settings: Fields, key: readonly string[], value: unknown): void {
    const last = key.at(-1)!;
    const parent = key.slice(0, -1).reduce<Fields>((fields, part) => {
        fields[part] ??= {};
        return fields[part] as Fields;
    }, settings);
    const isList = key.length === 1 && (last === "volumes" || last === "secrets");
    parent[last] = isList ? [...itemsOf(parent[last]), value] : value;
}
