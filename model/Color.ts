/** One of the two sets of containers that a service has. */
export type Color = "blue" | "green";
