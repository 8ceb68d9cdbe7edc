/** Ports inside the anchor's network namespace. */
export const listenerPorts = { http: 8080, https: 8443, preview: 8090, metrics: 8404, internal: 80 } as const;
