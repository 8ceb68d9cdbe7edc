import type { ContainerInfo } from "../model/Container";
import type { ServiceSettings } from "../model/ServiceSettings";
import { tcpLabel } from "./published";

type Services = readonly Pick<ServiceSettings, "name" | "routes">[];

/** @returns the setting of a port for TCP services, `services.cache.listen.port` */
export function listenKey(services: Services, port: number): string {
    const service = services.find(({ routes }) => routes.some(route => route.tcpPort === port));
    return service === undefined ? "front.tcpPorts" : `services.${service.name}.listen.port`;
}

/** @returns why TCP services cannot have ports that an anchor does not publish, one sentence for each port */
export function unpublishedPorts({ labels }: ContainerInfo, services: Services, ports: readonly number[]): string[] {
    const published = (labels[tcpLabel] ?? "").split(",").filter(port => port !== "");
    const others = published.length === 0 ? "none for TCP services" : published.join(", ");
    return ports
        .filter(port => !published.includes(String(port)))
        .map(
            port =>
                `relink:${listenKey(services, port)}: the front does not publish port ${port}. It publishes the ports that it had at ` +
                `its creation (${others}).\n   Without an outage: a stack with a front of another name beside this one ` +
                "(docs/moving.md).",
        );
}
