import type { Color } from "../settings/Settings";
import type { ObservedService } from "./Observed";

/** A difference between the live system and the record that no intent explains, in words for the user. */
export interface Drift {
    what: string;
    fix: string;
}

/** Everything that somebody other than relink changed and that touches what users are served. */
export function findDrift(service: ObservedService): Drift[] {
    const found: Drift[] = [];
    const { live, confirmed } = service;
    if (live !== confirmed) {
        found.push({
            what: `HAProxy links it to ${live}, but the last confirmed link is ${confirmed}`,
            fix: "make HAProxy read its files again, which hold the confirmed link: docker kill --signal USR2 FRONT-gen-NUMBER",
        });
        return found;
    }
    if (live === "none") {
        return found;
    }
    const color = service[live];
    if (color.running < color.replicas) {
        found.push({
            what: `${color.running} of ${color.replicas} containers of the live color ${live} are running`,
            fix: `start what was stopped (docker ps -a --filter label=relink.service=${service.name} shows it, docker start NAME)`,
        });
    }
    if (color.strays.length > 0) {
        found.push(straysOn(live, color.strays));
    }
    return found;
}

function straysOn(color: Color, names: string[]): Drift {
    return {
        what: `the live color ${color} has containers that are not of its release: ${names.join(", ")}`,
        fix: `remove them: docker rm -f ${names.join(" ")}`,
    };
}
