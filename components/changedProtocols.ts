import { observedService } from "../look/observedService";
import type { Settings } from "../model/Settings";
import type { World } from "../model/World";
import { removeCommand, setCommand } from "../settings/configCommands";
import type { Problem } from "../settings/Problem";

/**
 * One link cannot lead from requests to connections: their listeners, routes and access rules differ.
 * @returns live services that would change between HTTP and TCP
 */
export function changedProtocols({ services }: Pick<Settings, "services">, world: World): Problem[] {
    return services.flatMap(({ name, release }): Problem[] => {
        const { live, ...colors } = observedService(world, name);
        const held = live === "none" ? undefined : colors[live].release?.settings;
        const isTcp = release.protocol === "tcp";
        if (held?.port === undefined || release.port === undefined || (held.protocol === "tcp") === isTcp) {
            return [];
        }
        const path = ["services", name, "protocol"];
        const message = isTcp
            ? "is tcp, but the service is live with requests: a TCP service needs another name"
            : "is not tcp, but the service is live with connections: a service with requests needs another name";
        return [{ path, message, fix: isTcp ? removeCommand(path) : setCommand(path, "tcp") }];
    });
}
