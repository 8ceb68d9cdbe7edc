import { fieldsOf, isFields } from "../settings/fields";
import type { Mapping } from "./Mapping";
import { parseBytes, wholeNumber } from "./units";
import { harmlessInDeploy } from "./unsupported";

/** Maps replicas and the limits of memory, CPUs and processes, and ulimits. */
export function mapLimits(to: Mapping): void {
    const deploy = fieldsOf(to.source.deploy);
    const resources = fieldsOf(deploy.resources);
    const limits = fieldsOf(resources.limits);
    to.refuseOthers(["deploy"], deploy, ["mode", "replicas", "resources", "restart_policy", ...harmlessInDeploy]);
    to.refuseOthers(["deploy", "resources"], resources, ["limits"], {
        reservations: "relink sets limits, and reserves nothing",
    });
    to.refuseOthers(["deploy", "resources", "limits"], limits, ["cpus", "memory", "pids"]);
    if ((deploy.mode ?? "replicated") !== "replicated") {
        to.refuse(["deploy", "mode"], "is not supported: relink runs as many containers as replicas says");
    }
    to.set(["replicas"], wholeNumber(deploy.replicas), ["deploy", "replicas"]);
    if (deploy.replicas === undefined) {
        to.set(["replicas"], wholeNumber(to.source.scale), ["scale"]);
    }
    const { memory = to.source.mem_limit, cpus = to.source.cpus } = limits;
    const inDeploy = ["deploy", "resources", "limits"];
    if (!isZero(memory)) {
        to.set(
            ["memory"],
            parseBytes(memory) ?? memory,
            limits.memory === undefined ? ["mem_limit"] : [...inDeploy, "memory"],
        );
    }
    if (!isZero(cpus)) {
        to.set(["cpus"], cpus, limits.cpus === undefined ? ["cpus"] : [...inDeploy, "cpus"]);
    }
    const { pids = to.source.pids_limit } = limits;
    if (!isZero(pids)) {
        to.set(["pidsLimit"], wholeNumber(pids), limits.pids === undefined ? ["pids_limit"] : [...inDeploy, "pids"]);
    }
    for (const [name, limit] of Object.entries(fieldsOf(to.source.ulimits))) {
        to.set(["ulimits", name], isFields(limit) ? limit : wholeNumber(limit), ["ulimits", name]);
    }
}

/** Whether this is no limit: Compose takes 0 for that. */
function isZero(value: unknown): boolean {
    return value === undefined || value === 0 || value === "0";
}
