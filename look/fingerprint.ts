import { runs } from "../model/Container";
import type { ObservedColor } from "../model/ObservedService";
import { shareText } from "../model/Share";
import { containersOf, type World } from "../model/World";
import { observedService } from "./observedService";

/**
 * @returns a fingerprint of what the plan of a service was made from. The provider compares it before its first change. When
 * it differs, somebody has changed the service since, and the plan does not hold any more.
 */
export function fingerprint(world: World, service: string): string {
    const { live, percent, confirmed, intent, blue, green } = observedService(world, service);
    const color = ({ release, replicas }: ObservedColor) => `${release?.id ?? "none"} x${replicas}`;
    const containers = (["blue", "green"] as const)
        .flatMap(color => containersOf(world, service, color))
        // A container that crashes again and again is `restarting` at one look and `running` at the next.
        .map(container => `${container.id.slice(0, 12)} ${runs(container) ? "runs" : "does not run"}`);
    // The plan settles an open switch from both ends. A HAProxy that starts meanwhile may follow either, by its file.
    const isMoving = intent?.kind === "switch" && (live === intent.from || live === intent.to);
    const link = `${live}${percent > 0 ? ` (${shareText(percent)} elsewhere)` : ""}`;
    return [
        `link ${isMoving ? `${intent.from} or ${intent.to}` : link}, confirmed ${confirmed}`,
        `blue ${color(blue)}, green ${color(green)}`,
        ...(intent === undefined
            ? []
            : [`unfinished ${intent.kind}${intent.kind === "roll" ? ` to ${intent.to}` : ""}`]),
        ...containers,
    ].join("; ");
}
