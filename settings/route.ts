import { z } from "zod";
import { flag, listOf } from "./leaves";
import { host, routePath } from "./names";

/** One entry of `routes`: each of its hosts with each of its paths. */
export const routeSchema = z.strictObject({
    hosts: listOf(host).optional().meta({ default: "*" }),
    paths: listOf(routePath).prefault(["/"]),
    stripPath: flag().prefault(false),
});

export type RouteConfig = z.output<typeof routeSchema>;
