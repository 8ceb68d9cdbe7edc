import { linksOf } from "../haproxy/FrontState";
import { readMap } from "../haproxy/maps";
import type { Color } from "../model/Color";
import type { ObservedService } from "../model/ObservedService";
import { isBackground } from "../model/Record";
import { recordOf } from "../model/Records";
import { currentWorkers, type World } from "../model/World";
import { failoverAtStart, observedFailover } from "./failover";

type ObservedLink = Pick<
    ObservedService,
    "live" | "percent" | "confirmedPercent" | "sticky" | "failover" | "written" | "writtenPercent" | "writtenFailover"
>;

/**
 * Reads the link of a service from HAProxy's memory, or from the record while no worker runs. When workers differ, the link
 * that was not confirmed counts.
 * @param colors of the service
 */
export function observedLink(world: World, service: string, colors: Pick<ObservedService, Color>): ObservedLink {
    const record = recordOf(world.records, service);
    const { live: confirmed, percent: confirmedPercent = 0, sticky } = record.link;
    if (isBackground(record)) {
        // HAProxy has no link for it.
        return { live: confirmed, percent: 0 };
    }
    const workers = currentWorkers(world.front);
    const links = workers.map(({ links }) => links.get(service));
    const lives = links.map(link => link?.live ?? "none");
    const percents = links.map(link => link?.percent ?? 0);
    const percent = percents.find(percent => percent !== confirmedPercent) ?? confirmedPercent;
    const written = world.files && linksOf(readMap(world.files, "link")).get(service);
    const isShared = percent > 0 || confirmedPercent > 0;
    return {
        live: lives.find(live => live !== confirmed) ?? confirmed,
        percent,
        confirmedPercent: isShared ? confirmedPercent : undefined,
        sticky: isShared ? sticky : undefined,
        failover: workers.length > 0 ? observedFailover(workers, service) : failoverAtStart(written, colors),
        written: world.files && (written?.live ?? "none"),
        writtenPercent: written?.percent,
        writtenFailover: written?.failover ? true : undefined,
    };
}
