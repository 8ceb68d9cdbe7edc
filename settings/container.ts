import { z } from "zod";
import { defaults } from "../model/defaults";
import type { Ulimit } from "../model/ReleaseSettings";
import { image } from "./image";
import {
    duration,
    durationOrZero,
    firstOf,
    flag,
    freeText,
    leaf,
    listOf,
    objectOr,
    oneOf,
    port,
    textLike,
    token,
    wholeNumber,
    withDefault,
} from "./leaves";
import {
    absolutePath,
    address,
    dockerNamePattern,
    environmentName,
    extraHost,
    labelName,
    plainText,
    secretNameLeaf,
} from "./names";
import { backendLines } from "./rawLines";
import { volume } from "./volume";

const bytesPerUnit: Record<string, number> = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };
/** Docker refuses to create a container with less. */
const leastMemoryBytes = 6 * 1024 ** 2;

const memory = leaf({ wanted: 'a size of at least 6m, such as "512m" or "2g", or bytes', example: "512m" }, raw => {
    const match = typeof raw === "string" ? /^(\d{1,12})([bkmg])$/i.exec(raw) : null;
    const bytes = match ? Number(match[1]) * bytesPerUnit[match[2]!.toLowerCase()]! : raw;
    return Number.isSafeInteger(bytes) && (bytes as number) >= leastMemoryBytes ? (bytes as number) : undefined;
});

/** A number or its text: `pulumi config set --path` stores 0.5 as a text. */
const cpus = leaf({ wanted: "a number of CPUs from 0.01 to 1024, such as 0.5 or 2", example: "2" }, raw => {
    const count = typeof raw === "string" && /^\d{1,4}(\.\d{1,3})?$/.test(raw) ? Number(raw) : raw;
    return typeof count === "number" && count >= 0.01 && count <= 1024 ? count : undefined;
});

const ulimitName = oneOf([
    "nofile",
    "as",
    "core",
    "cpu",
    "data",
    "fsize",
    "locks",
    "memlock",
    "msgqueue",
    "nice",
    "nproc",
    "rss",
    "rtprio",
    "rttime",
    "sigpending",
    "stack",
]);
const limit = wholeNumber(-1, Number.MAX_SAFE_INTEGER, 65536);
const ulimit = objectOr<Ulimit, Ulimit>(
    z.strictObject({ soft: limit, hard: limit }),
    limit.transform(both => ({ soft: both, hard: both })),
);

const capability = leaf(
    { wanted: "the name of a Linux capability, such as NET_ADMIN or ALL", example: "NET_ADMIN" },
    raw => (typeof raw === "string" && /^[A-Za-z][A-Za-z_]{1,40}$/.test(raw) ? raw.toUpperCase() : undefined),
);

/** The Engine's security options, except a profile for `seccomp`: the client would have to read that from a file. */
const securityOption = textLike(
    /^(?:no-new-privileges(?:[:=](?:true|false))?|(?:apparmor|label)[:=][\x21-\x7e]{1,255}|seccomp[:=]unconfined)$/,
    {
        wanted: "one of Docker's security options: no-new-privileges, apparmor=..., label=... or seccomp=unconfined",
        example: "no-new-privileges",
    },
);

/** Not 0, which Docker takes for no limit too: that would be a second spelling of -1. */
const pidsLimit = leaf({ wanted: "a whole number of processes from 1, or -1 for no limit", example: "200" }, raw =>
    Number.isSafeInteger(raw) && ((raw as number) >= 1 || raw === -1) ? (raw as number) : undefined,
);

/** The keys of a service that describe its containers. All are of class *release*. */
export const containerShape = {
    image: image("IMAGE"),
    // Required, unless the strategy is rolling (strategyChecks.ts).
    port: port(8080).optional().meta({ default: "required, none for a background service" }),
    protocol: oneOf(["h2c", "tcp"]).optional(),
    sendProxy: oneOf(["v2"]).optional(),
    env: z.record(environmentName, objectOr(z.strictObject({ secret: secretNameLeaf }), plainText)).prefault({}),
    secrets: listOf(secretNameLeaf).prefault([]),
    command: z.array(plainText).optional(),
    entrypoint: z.array(plainText).optional(),
    workingDir: absolutePath("/srv").optional(),
    user: freeText({ wanted: "USER or USER:GROUP, names or numbers", example: "1000:1000" }, text =>
        /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,63})?$/.test(text),
    ).optional(),
    init: flag().prefault(false),
    labels: z.record(labelName, plainText).prefault({}),
    volumes: listOf(volume).prefault([]),
    networks: listOf(
        textLike(dockerNamePattern, { wanted: "the name of a Docker network", example: "NETWORK" }),
    ).prefault([]),
    extraHosts: listOf(extraHost).prefault([]),
    dns: listOf(address("10.0.0.53")).prefault([]),
    capabilities: z
        .strictObject({ add: listOf(capability).prefault([]), drop: listOf(capability).prefault([]) })
        .prefault({}),
    readOnly: flag().prefault(false),
    securityOpt: listOf(securityOption).prefault([]),
    pidsLimit: pidsLimit.optional(),
    memory: memory.optional(),
    cpus: cpus.optional(),
    ulimits: z.record(ulimitName, ulimit).prefault({}),
    log: z
        .strictObject({
            driver: textLike(/^[A-Za-z0-9][A-Za-z0-9._/:-]{0,254}$/, {
                wanted: "the name of a logging driver",
                example: "json-file",
            }),
            options: z.record(labelName, plainText).prefault({}),
        })
        .optional(),
    // YAML 1.1 reads a bare `no` as false.
    restart: firstOf(["unless-stopped", "always", "on-failure", "no"], raw => (raw === false ? "no" : undefined)),
    stopSignal: freeText({ wanted: "a signal's name or number, such as SIGQUIT", example: "SIGQUIT" }, text =>
        /^(?:SIG[A-Z][A-Z0-9+-]{1,12}|[1-9]\d?)$/.test(text),
    ).optional(),
    stopGracePeriod: withDefault(defaults.stopGracePeriod, durationOrZero),
    maxReplicas: withDefault(8, usual => wholeNumber(1, 100, usual)),
    timeouts: z.strictObject({ server: duration("50s").optional() }).prefault({}),
    haproxy: backendLines,
    sticky: oneOf(["cookie"]).optional(),
    redeploy: token("again-1").optional(),
};
