import type { Engine } from "../docker/Engine";
import { inspectNetwork } from "../docker/networks";
import { emptyMaps, setMap } from "../haproxy/maps";
import { globalFile, mapFile } from "../haproxy/names";
import { closeRouteKeys } from "../haproxy/routes";
import { editedFrontFiles, frontMaps } from "../look/frontFindings";
import { readWholeWorld } from "../look/readWorld";
import { layout } from "../model/addresses";
import type { ContainerInfo } from "../model/Container";
import { usersOf } from "../model/ownership";
import { frontNames, type Target } from "../model/Target";
import { currentWorkers } from "../model/World";
import type { BaseSettings } from "../up/FrontGenerations";
import { writeUsers } from "./access";
import { writeCertificateList } from "./certificateList";
import { writeClientAuthorities } from "./clients";
import type { Change } from "./folder";
import { renderGlobal } from "./global";
import { accessIn, rulesIn, writeListeners } from "./listenerFiles";
import type { NearAddresses } from "./origin";
import { writePages } from "./pages";
import { writeStatisticsUsers } from "./statistics";

/**
 * @returns the change that writes the files of the front itself: global, defaults, listeners, and missing maps. Where somebody
 * edited the routes or releases by hand, they become those in the memory of HAProxy's worker
 * @throws Error where the anchor is not on its network
 */
export async function baseChange(engine: Engine, target: Target, settings: BaseSettings): Promise<Change> {
    const {
        timeouts,
        trustedProxies,
        tls,
        challenges,
        rules,
        services,
        pages,
        pageTexts = {},
        leaving = [],
    } = settings;
    const front = { name: target.front, timeouts, trustedProxies, tls, challenges, services, pages, ...rules };
    const world = await readWholeWorld(engine, target);
    const near = await nearAddresses(engine, target.front, world.anchor);
    const edited = editedFrontFiles(world);
    const [worker] = currentWorkers(world.front);
    return files => {
        for (const [path, text] of emptyMaps()) {
            files.set(path, files.get(path) ?? text);
        }
        for (const map of frontMaps.filter(map => worker !== undefined && edited.includes(mapFile(map)))) {
            setMap(files, map, worker![map]);
        }
        closeRouteKeys(files);
        writePages(files, pageTexts);
        writeCertificateList(files, tls);
        writeClientAuthorities(files, tls, settings.clientCa ?? "");
        // The services of other stacks have their rules from those.
        const others = [...usersOf(world.records).values()].flat();
        const kept = only(accessIn(files), [...leaving, ...others]);
        const keptRules = only(rulesIn(files), others);
        writeUsers(files, { ...settings, leaving: [...leaving, ...others] });
        writeStatisticsUsers(files, rules?.statistics, settings.users ?? {});
        files.set(globalFile, renderGlobal(front));
        const access = { ...kept, ...settings.access };
        writeListeners(files, { ...front, access, services: { ...keptRules, ...services } }, near);
        return files;
    };
}

function only<Value>(all: Readonly<Record<string, Value>>, names: readonly string[]): Record<string, Value> {
    return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
}

/**
 * @returns the source addresses of requests from the Docker host and from relink in the front's network
 * @throws Error where the anchor has no address there
 */
async function nearAddresses(engine: Engine, front: string, anchor: ContainerInfo | undefined): Promise<NearAddresses> {
    const { network } = frontNames(front);
    const { subnet, gateway } = (await inspectNetwork(engine, network)) ?? {};
    if (anchor?.address === undefined || subnet === undefined) {
        throw new Error(`the front is not on its network ${network}: run pulumi up --refresh`);
    }
    return { gateway: gateway ?? layout(subnet).gateway, anchor: anchor.address };
}
