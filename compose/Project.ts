import type { Fields } from "../settings/fields";

/** What relink needs of a Compose project, however it was read: every key in its long form, every path absolute. */
export interface Project {
    /** Prefix of the names of networks and volumes. */
    name: string;
    services: Record<string, Fields>;
    /** By the name that services use: what Docker knows them as. */
    networks: Record<string, Named>;
    volumes: Record<string, Named>;
    secrets: Record<string, Fields>;
}

export interface Named {
    name: string;
    external: boolean;
    /** Has a driver or options of its own. */
    isCustom: boolean;
}

/** `external: true` says the name, or is it; Compose puts the project's name before all others. */
export function named(project: string, entries: unknown): Record<string, Named> {
    const all =
        typeof entries === "object" && entries !== null ? Object.entries(entries as Record<string, Fields>) : [];
    return Object.fromEntries(
        all.map(([key, entry]) => {
            const { name, external, driver, driver_opts } = (entry ?? {}) as Fields;
            const isExternal = external !== undefined && external !== false;
            const legacyName = typeof external === "object" ? (external as Fields | null)?.name : undefined;
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

/** A service that names no network is in the project's default one. */
export function withDefaultNetwork(service: Fields): Fields {
    return service.networks === undefined && service.network_mode === undefined
        ? { ...service, networks: { default: null } }
        : service;
}
