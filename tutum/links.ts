import { ComposeError } from "../compose/ComposeError";
import { type Fields, fieldsOf, itemsOf } from "../settings/fields";
import type { TutumService } from "./Conversion";
import type { Candidate } from "./colors";
import { splitList } from "./lists";
import type { StackFile } from "./StackFile";

/** The images of Tutum's HAProxy, also under another owner. The plain `haproxy` is Docker's own, and has a file. */
const haproxyImage = /^(?:[^/]+\/)+(?:docker[-_]?cloud[-_]|tutum[-_])?haproxy(?::[^/]*|@.*)?$/;

/** A label that keeps HAProxy away from a service. */
const offLabel = "com.docker.dockercloud.haproxy.deactivate";

/**
 * @param ignore variables to leave out, `SERVICE.NAME`
 * @returns the stack's HAProxy
 * @throws ComposeError where there is none, or more than one
 */
export function haproxyOf(file: StackFile, ignore: readonly string[]): TutumService {
    const found = file.services.filter(name => haproxyImage.test(String(file.service(name).image)));
    const [service] = found;
    if (service === undefined || found.length > 1) {
        const has = found.length > 1 ? `has ${found.length} services (${found.join(", ")})` : "has no service";
        throw new ComposeError(`${has} of the image tutum/haproxy or dockercloud/haproxy: it must be one`);
    }
    return { service, name: service, variables: variablesOf(service, file, ignore) };
}

/** @returns all services but HAProxy */
export function candidatesOf(file: StackFile, haproxy: TutumService, ignore: readonly string[]): Candidate[] {
    const linked = linkedTo(file, haproxy);
    return file.services
        .filter(name => name !== haproxy.service)
        .map(service => {
            const { image, labels, scale, target_num_containers: count } = file.service(service);
            const variables = variablesOf(service, file, ignore);
            // Swarm has no links: HAProxy led to the services that named their ports.
            const isLinked = linked.includes(service) || (linked.length === 0 && Boolean(variables.SERVICE_PORTS));
            const isOff = String(fieldsOf(labels)[offLabel]) === "true";
            return { service, image, variables, isLinked, isOff, replicas: Number(count ?? scale ?? 1) };
        });
}

function linkedTo(file: StackFile, { service, variables }: TutumService): string[] {
    const { links } = file.service(service);
    const additional = splitList(variables.ADDITIONAL_SERVICES ?? "").map(name => name.split(":").at(-1) ?? "");
    const names = [...itemsOf(links).map(link => String(link).split(":")[0]?.trim() ?? ""), ...additional];
    for (const name of names.filter(name => !file.services.includes(name))) {
        const key = additional.includes(name) ? ["environment", "ADDITIONAL_SERVICES"] : ["links"];
        throw new ComposeError(
            `names ${name}, which is not in the file`,
            { path: ["services", service, ...key] },
            "leave it out, and name it in relink:services by hand",
        );
    }
    return names;
}

function variablesOf(service: string, file: StackFile, ignore: readonly string[]): Record<string, string | undefined> {
    const all: Fields = file.variables(service);
    const kept = Object.entries(all).filter(
        ([name]) => !ignore.includes(`${service}.${name}`) && !ignore.includes(`${service}.environment.${name}`),
    );
    return Object.fromEntries(kept) as Record<string, string | undefined>;
}
