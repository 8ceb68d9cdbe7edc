/**
 * Defaults of the stack config, as the config spells them, that not only its schema needs: a record or a state of an
 * earlier version may lack the setting. The schema takes them from here. All other defaults are in the schema alone.
 */
export const defaults = {
    stopGracePeriod: "10s",
    drainTimeout: "60s",
    progressDeadline: "10m",
    keepReleases: 3,
    httpPort: 80,
} as const;
