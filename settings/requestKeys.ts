import type { ConfigPath } from "./ConfigPath";
import type { ServiceConfig } from "./schema";

/** @returns keys that mean something only where the front reads a service's requests, and whether each is set */
export function requestKeys(service: ServiceConfig): [ConfigPath, boolean][] {
    return [
        [["hosts"], service.hosts !== undefined],
        [["paths"], service.paths.join() !== "/"],
        [["stripPath"], service.stripPath],
        [["routes"], service.routes.length > 0],
        [["default"], service.default !== undefined],
        [["auth"], service.auth.basic !== undefined],
        [["maintenance"], service.maintenance],
        // Of a TCP service: HAProxy takes front.timeouts.tunnel for a connection.
        [["timeouts", "server"], service.timeouts.server !== undefined],
        [["sticky"], service.sticky !== undefined],
        [["failover"], service.failover],
        [["internal"], service.internal],
    ];
}
