import { writeMapEntry } from "../haproxy/maps";
import { backendName } from "../haproxy/names";
import { assertEveryWorker } from "../haproxy/runtime";
import { observedService } from "../look/observe";
import type { Color } from "../model/Color";
import type { HealthSettings } from "../model/HealthSettings";
import type { LinkValue } from "../model/LinkValue";
import type { ObservedService } from "../model/ObservedService";
import { type CountersByWorker, countersOf } from "../model/Window";
import type { Answer, Front } from "../up/Front";
import { ColorBackend } from "./ColorBackend";
import type { FrontAccess } from "./FrontAccess";
import { askContainer, FrontQuestions } from "./FrontQuestions";
import { canFollow } from "./softStopped";

/** HAProxy on the Docker host, as far as one service is concerned. */
export class ServiceFront implements Front {
    constructor(
        private readonly access: FrontAccess,
        private readonly service: string,
    ) {}

    backend(color: Color): ColorBackend {
        return new ColorBackend(this.access, this.service, color);
    }

    askContainer(address: string, port: number, health: HealthSettings): Promise<Answer> {
        return askContainer(this.access, address, port, health);
    }

    async writeLink(link: LinkValue): Promise<void> {
        await this.access.configure(files => {
            writeMapEntry(files, "link", this.service, link.toString());
            return files;
        });
    }

    async tellLink(link: LinkValue, mayGo: (seen: ObservedService) => boolean = () => true): Promise<boolean> {
        const { access, service } = this;
        const world = await access.observe([service]);
        if (!mayGo(observedService(world, service))) {
            return false;
        }
        const able = (world.front?.workers ?? []).filter(worker => canFollow(worker, world, service, link));
        const told = await access.runtime.setMap(able, "link", service, link.toString());
        assertEveryWorker(`the link of ${service}`, told);
        return true;
    }

    questions(): Promise<FrontQuestions> {
        return FrontQuestions.begin(this.access, this.service);
    }

    async counters(): Promise<Record<Color, CountersByWorker>> {
        const { service } = this;
        const [blue, green] = [backendName(service, "blue"), backendName(service, "green")];
        const { workers } = await this.access.runtime.observe([blue, green]);
        return { blue: countersOf(blue, workers), green: countersOf(green, workers) };
    }
}
