/** Where the volumes are mounted in the anchor and in the generations. */
export const folders = { config: "/relink/config", run: "/relink/run", record: "/relink/record" } as const;
