import type { ConfigPath } from "./ConfigPath";
import type { ServiceConfig } from "./schema";

/**
 * Whether everything at, above and below a path is well formed. A check between settings means something only then: the
 * user hears of what is not well formed anyway.
 */
export type IsSound = (...path: ConfigPath) => boolean;

/** One service's part of the config, for the checks between its settings. */
export class ServiceScope {
    constructor(
        readonly name: string,
        readonly config: ServiceConfig,
        private readonly isSoundInStack: IsSound,
    ) {}

    /** @returns the path of a key of the service: `at("health", "path")` */
    at(...keys: ConfigPath): ConfigPath {
        return ["services", this.name, ...keys];
    }

    /** {@link IsSound} for a key of the service. */
    isSound(...keys: ConfigPath): boolean {
        return this.isSoundInStack(...this.at(...keys));
    }
}
