import { z } from "zod";
import { accessShape, passwordHash, userName } from "./access";
import { certificatePem } from "./certificates";
import { composeReference } from "./composeReference";
import { containerShape } from "./container";
import { frontSchema } from "./front";
import { healthSchema } from "./health";
import { certificateName } from "./https";
import { firstOf, flag, listOf, textLike, wholeNumber, withDefault } from "./leaves";
import { listenSchema } from "./listen";
import { dockerEndpoint, plainText, registryAddress, secretKey, serviceName } from "./names";
import { policyShape } from "./policy";
import { routeSchema, routeShape } from "./route";

/** One entry of `relink:services`. */
export const serviceSchema = z.strictObject({
    // compose/fromCompose.ts fills in the keys of the file before this schema reads the service.
    compose: composeReference.optional(),
    ...containerShape,
    health: healthSchema.prefault({}),
    ...policyShape,
    replicas: withDefault(1, usual => wholeNumber(1, 100, usual)),
    listen: listenSchema.optional(),
    ...routeShape,
    routes: listOf(routeSchema).prefault([]),
    default: flag().optional().meta({ default: "true for the only service" }),
    ...accessShape,
    failover: flag().prefault(false),
    internal: flag().prefault(false),
    live: firstOf(["auto", "blue", "green"]),
    promote: textLike(/^[0-9a-f]{12}-[0-9a-f]{16}$/, {
        wanted: "a release's id, as the output awaitingPromotion has it",
        example: "0123456789ab-0123456789abcdef",
    }).optional(),
});

const registry = z.strictObject({ username: plainText, password: plainText });

/** Everything under the namespace `relink:`. */
export const stackSchema = z.strictObject({
    front: frontSchema.prefault({}),
    services: z.record(serviceName, serviceSchema),
    host: dockerEndpoint.optional().meta({ default: "the machine's Docker Engine" }),
    secrets: z.record(secretKey, plainText).prefault({}),
    registries: z.record(registryAddress, registry).prefault({}),
    certificates: z.record(certificateName, certificatePem).prefault({}),
    users: z.record(userName, passwordHash).prefault({}),
});

/** The stack config with defaults and parsed values, in the config's own shape. */
export type StackConfig = z.output<typeof stackSchema>;
export type ServiceConfig = z.output<typeof serviceSchema>;
