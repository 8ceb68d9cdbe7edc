/**
 * The defaults of the stack config, as the config spells them, that other code than its schema needs: a record or a
 * state of an earlier version may lack the setting. The schema takes them from here, and has all other defaults itself.
 */
export const defaults = {
    stopGracePeriod: "10s",
    drainTimeout: "60s",
    progressDeadline: "10m",
    keepReleases: 3,
    httpPort: 80,
} as const;
