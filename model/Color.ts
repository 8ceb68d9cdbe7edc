/** One of the two places where a service's containers run. */
export type Color = "blue" | "green";
