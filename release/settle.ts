import type { Color } from "../settings/Settings";
import { farewellOf, type Live, type ObservedService } from "./Observed";

/** How an `up` that died half-way through a switch is put right before anything else happens. */
export interface Recovery {
    kind: "finish" | "undo";
    live: Live;
    release?: string;
}

/**
 * What the service will be once an open switch is settled, and what must be done for that: it is finished if its target
 * is proved and ready, else undone. A farewell that is still owed stays open for the plan.
 */
export function settle(service: ObservedService): { service: ObservedService; recovery?: Recovery } {
    const intent = service.intent;
    if (intent?.kind !== "switch") {
        return { service };
    }
    const target = service[intent.to];
    const finishable =
        target.release?.id === intent.release &&
        target.release.proved &&
        target.replicas > 0 &&
        target.ready >= target.replicas;
    const recovery: Recovery = finishable
        ? { kind: "finish", live: intent.to, release: intent.release }
        : { kind: "undo", live: intent.from, release: releaseOf(service, intent.from) };
    return {
        recovery,
        service: {
            ...service,
            live: recovery.live,
            confirmed: recovery.live,
            percent: 0,
            // Settling writes memory and file.
            written: undefined,
            intent: finishable ? farewellOf(intent) : undefined,
        },
    };
}

function releaseOf(service: ObservedService, live: Live): string | undefined {
    return live === "none" ? undefined : service[live as Color].release?.id;
}
