/** The mount points of the volumes in the anchor and in the generations. */
export const folders = { config: "/relink/config", run: "/relink/run", record: "/relink/record" } as const;
