import { type Fields, fieldsOf, isFields } from "../settings/fields";

/**
 * What relink needs of a Compose project, by whatever way it was read: each key in its long form, each path absolute.
 */
export interface Project {
    /** Prefix of the names of networks and volumes. */
    name: string;
    services: Record<string, Fields>;
    /** By the names that services use. */
    networks: Record<string, Named>;
    /** By the names that services use. */
    volumes: Record<string, Named>;
    secrets: Record<string, Fields>;
}

/** A network or a volume. */
export interface Named {
    /** Its name in Docker. */
    name: string;
    /** Compose does not create it. */
    external: boolean;
    /** It has a driver or options of its own. */
    isCustom: boolean;
}

/**
 * Finds the names that networks or volumes have in Docker. `external` may hold the name; Compose puts the project's
 * name before all names that are not external.
 */
export function named(project: string, entries: unknown): Record<string, Named> {
    return Object.fromEntries(
        Object.entries(fieldsOf(entries)).map(([key, entry]) => {
            const { name, external, driver, driver_opts } = fieldsOf(entry);
            const isExternal = external !== undefined && external !== false;
            const legacyName = isFields(external) ? external.name : undefined;
            const isCustom = (driver ?? "local") !== "local" || Object.keys(driver_opts ?? {}).length > 0;
            return [
                key,
                {
                    name: String(name ?? legacyName ?? (isExternal ? key : `${project}_${key}`)),
                    external: isExternal,
                    isCustom,
                },
            ];
        }),
    );
}

/** @returns the service in the project's default network, unless it names others */
export function withDefaultNetwork(service: Fields): Fields {
    return service.networks === undefined && service.network_mode === undefined
        ? { ...service, networks: { default: null } }
        : service;
}
