import type { ContainerInfo } from "./Container";
import type { RestartPolicy } from "./ReleaseSettings";

/**
 * What Docker is told for a service's `restart`: `always` for `unless-stopped`. A daemon that was killed ends the containers
 * that outlived it when it starts again, takes that for a stop by hand, and leaves those with `unless-stopped` down
 * (moby/moby#53415; seen with 20.10). What relink itself stops loses its policy first, so that nothing starts it again.
 */
export function dockerPolicy(restart: RestartPolicy): RestartPolicy {
    return restart === "unless-stopped" ? "always" : restart;
}

/** Whether a container has the policy of its release, in Docker's words or, from an earlier relink, in the setting's. */
export function hasPolicy({ restartPolicy }: Pick<ContainerInfo, "restartPolicy">, restart: RestartPolicy): boolean {
    return restartPolicy === dockerPolicy(restart) || restartPolicy === restart;
}
