import type { ContainerInfo } from "./Container";
import type { RestartPolicy } from "./ReleaseSettings";

/**
 * Translates a service's `restart` for Docker: `unless-stopped` becomes `always`. A killed daemon ends its containers when it
 * starts again, takes that for a stop by hand, and leaves those with `unless-stopped` down (moby/moby#53415; seen with 20.10).
 * A container that relink stops loses its policy first, so that Docker does not start it again.
 */
export function dockerPolicy(restart: RestartPolicy): RestartPolicy {
    return restart === "unless-stopped" ? "always" : restart;
}

/** @returns whether a container has its release's policy. An earlier relink did not translate it. */
export function hasPolicy({ restartPolicy }: Pick<ContainerInfo, "restartPolicy">, restart: RestartPolicy): boolean {
    return restartPolicy === dockerPolicy(restart) || restartPolicy === restart;
}
