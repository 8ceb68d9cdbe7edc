import { setCommand } from "../settings/configCommands";
import { fieldsOf } from "../settings/fields";
import { environmentSecret } from "./environmentSecrets";
import type { Mapping } from "./Mapping";
import { mapHealth } from "./mapHealth";
import { mapLimits } from "./mapLimits";
import { mapNetworks } from "./mapNetworks";
import { mapPorts } from "./mapPorts";
import { mapSecrets } from "./mapSecrets";
import { mapVolumes } from "./mapVolumes";
import { flag, spellTime } from "./units";
import { harmless, unsupported } from "./unsupported";

/** The keys of a Compose service that relink reads. */
const supported = [
    "build",
    "cap_add",
    "cap_drop",
    "command",
    "cpus",
    "depends_on",
    "deploy",
    "dns",
    "entrypoint",
    "environment",
    "expose",
    "extra_hosts",
    "healthcheck",
    "image",
    "init",
    "labels",
    "logging",
    "mem_limit",
    "networks",
    "pids_limit",
    "ports",
    "pull_policy",
    "read_only",
    "restart",
    "scale",
    "secrets",
    "security_opt",
    "stop_grace_period",
    "stop_signal",
    "ulimits",
    "user",
    "volumes",
    "working_dir",
];

/** Maps a Compose service to a relink service. */
export function mapService(to: Mapping): void {
    to.refuseOthers([], to.source, [...supported, ...harmless], unsupported);
    mapImage(to);
    for (const [from, ...key] of copied) {
        to.copy(from, ...key);
    }
    to.set(["init"], flag(to.source.init), ["init"]);
    to.set(["readOnly"], flag(to.source.read_only), ["read_only"]);
    mapExtraHosts(to);
    mapEnvironment(to);
    mapLabels(to);
    mapTimes(to);
    mapLogging(to);
    mapDependencies(to);
    mapHealth(to);
    mapPorts(to);
    mapNetworks(to);
    mapLimits(to);
    mapVolumes(to);
    mapSecrets(to);
}

/** Keys that relink takes over without a change: the Compose key, then the path of relink's. */
const copied = [
    ["command", "command"],
    ["entrypoint", "entrypoint"],
    ["working_dir", "workingDir"],
    ["user", "user"],
    ["stop_signal", "stopSignal"],
    ["dns", "dns"],
    ["security_opt", "securityOpt"],
    ["cap_add", "capabilities", "add"],
    ["cap_drop", "capabilities", "drop"],
] as const;

function mapExtraHosts(to: Mapping): void {
    const { extra_hosts: hosts } = to.source;
    const value = Array.isArray(hosts) ? hosts.map(host => String(host).replace("=", ":")).sort() : hosts;
    to.set(["extraHosts"], value, ["extra_hosts"]);
}

function mapImage(to: Mapping): void {
    const { image, build, pull_policy: policy } = to.source;
    to.copy("image", "image");
    if (image === undefined && build !== undefined) {
        to.refuse(["build"], "has no image beside it: build and push it first, then name it by image", {
            key: ["image"],
            fix: setCommand(["services", to.context.name, "image"], "IMAGE"),
        });
    }
    if (policy !== undefined && !["always", "missing", "if_not_present", "build"].includes(String(policy))) {
        to.refuse(["pull_policy"], "is not supported: relink asks the registry what a tag is, and pulls what is new");
    }
}

/** nginx-proxy and its like find containers by these. */
const proxyVariables = ["VIRTUAL_HOST", "LETSENCRYPT_HOST"];
const proxyLabels = ["traefik.", "caddy"];
const bothColors = "would send requests to both colors, proved or not, past the front: set hosts in the stack config";

function mapEnvironment(to: Mapping): void {
    for (const [name, value] of Object.entries(fieldsOf(to.source.environment))) {
        if (proxyVariables.includes(name)) {
            to.refuse(["environment", name], `is for a proxy that finds containers by it, which ${bothColors}`);
        } else if (typeof value === "string" && to.context.isFromOutside(name, value)) {
            setSecretly(to, name, value);
        } else {
            to.set(["env", name], value, ["environment", name]);
        }
    }
}

/** Previews, outputs and Pulumi's state do not show the value. Docker shows it to whoever may use the Engine. */
function setSecretly(to: Mapping, variable: string, value: string): void {
    const secret = environmentSecret(variable);
    if (!to.isOverridden("env", variable)) {
        to.secretValues[`${to.context.name}.${secret}`] = value;
    }
    to.set(["env", variable], { secret }, ["environment", variable]);
}

function mapLabels(to: Mapping): void {
    const labels = Object.entries(fieldsOf(to.source.labels));
    for (const [name, value] of labels) {
        const start = proxyLabels.find(proxy => name.startsWith(proxy));
        if (start === undefined) {
            to.set(["labels", name], value ?? "", ["labels", name]);
        } else if (name === labels.find(([first]) => first.startsWith(start))?.[0]) {
            to.refuse(["labels", `${start}*`], `are for a proxy that finds containers by them, which ${bothColors}`);
        }
    }
}

const restarts = ["no", "always", "unless-stopped", "on-failure"];

function mapTimes(to: Mapping): void {
    const { stop_grace_period: grace, restart, deploy } = to.source;
    if (grace !== undefined) {
        to.set(["stopGracePeriod"], spellTime(grace), ["stop_grace_period"]);
    }
    const policy = fieldsOf(fieldsOf(deploy).restart_policy);
    if (restart !== undefined) {
        if (restarts.includes(String(restart))) {
            to.copy("restart", "restart");
        } else {
            to.refuse(["restart"], "limits the number of restarts, which relink does not", { key: ["restart"] });
        }
    } else if (policy.condition !== undefined) {
        const condition = String(policy.condition);
        to.set(["restart"], { none: "no", any: "always" }[condition] ?? condition, ["deploy", "restart_policy"]);
        to.refuseOthers(["deploy", "restart_policy"], policy, ["condition", "delay", "window"], {
            max_attempts: "relink does not limit the number of restarts",
        });
    }
}

function mapLogging(to: Mapping): void {
    const { driver, options } = fieldsOf(to.source.logging);
    to.refuseOthers(["logging"], fieldsOf(to.source.logging), ["driver", "options"]);
    if (driver === undefined && options !== undefined) {
        to.refuse(["logging"], "has options but no driver: name the driver too", { key: ["log"] });
    } else if (driver !== undefined) {
        to.set(["log"], { driver, options: options ?? {} }, ["logging"]);
    }
}

function mapDependencies(to: Mapping): void {
    for (const [name, dependency] of Object.entries(fieldsOf(to.source.depends_on))) {
        const { condition = "service_started", restart } = fieldsOf(dependency);
        if (condition !== "service_started") {
            to.refuse(
                ["depends_on", name],
                `has the condition ${condition}, which relink does not wait for: a release is proved by its own health`,
            );
        } else if (restart === true && to.source.links === undefined) {
            to.refuse(["depends_on", name, "restart"], `is not supported: relink does not restart it with ${name}`);
        }
    }
}
