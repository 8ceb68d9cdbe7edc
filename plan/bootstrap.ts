import type { ObservedService } from "../model/ObservedService";
import { count } from "../model/words";
import type { Desired } from "./Desired";
import { promotionOf, same } from "./held";
import type { Plan } from "./Plan";
import { asObserved } from "./unchanged";

/** The first release of a service: blue gets it, and then the link and the routes open. */
export function bootstrap(service: ObservedService, { release: wanted, replicas, routes }: Desired): Plan {
    return {
        ...asObserved(service),
        row: "bootstrap",
        sentence: `first release: blue gets ${wanted.image} (${count(replicas)}), is proved, then the link and its routes open.`,
        blue: { release: wanted, replicas, state: "running", act: true },
        link: { live: "blue", expect: wanted.id, routes, act: true },
        promotion: promotionOf(service, service.blue, wanted),
        hooks: same(service.blue.release, wanted) ? ["prePromotion"] : ["preDeploy", "prePromotion"],
    };
}
