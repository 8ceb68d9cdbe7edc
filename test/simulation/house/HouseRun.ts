import { Broken } from "../life/Broken";
import { type Coverage, noteFaults } from "../life/Coverage";
import { choiceOf } from "../life/Run";
import type { End } from "../life/SimulatedUp";
import type { Story } from "../life/Story";
import { Watch } from "../life/Watch";
import type { HouseUp } from "./HouseUp";
import { isAnswered, type Request, reachedBy, reachedByFile, requests, routesText, wantedFor } from "./requests";

/** What befalls an `up` of several services on its way. */
export interface HouseFate {
    /** The number of steps behind which it dies. */
    diesAfter?: number;
    /** The step at which HAProxy restarts. */
    restartsAt?: number;
}

/** One `up` of several services that goes on step by step, with a look at the rules behind each. */
export class HouseRun {
    /** Another `up` has changed something since it began. */
    isOvertaken = false;
    #isBegun = false;
    #step = 0;
    /** Requests that are answered and are to be answered in the end: they must be answered at every moment. */
    readonly #kept: Request[];

    constructor(
        private readonly up: HouseUp,
        private readonly coverage: Coverage,
        private readonly story: Story,
        private readonly name = "pulumi up",
    ) {
        const { house } = up;
        // A service that leaves the config is removed without a plan of its own. Nothing tells this `up` that another one has
        // given it a place since this one was planned.
        const isOutdated = up.removed.length > 0 && up.routes !== routesText(house);
        this.#kept = (isOutdated ? [] : requests).filter(
            request =>
                isAnswered(house, request) &&
                // Another `up` may be about to give it up.
                reachedBy(house, request) === reachedByFile(house, request) &&
                wantedFor(up.wish, request) !== undefined,
        );
    }

    /** Goes on to its end, or until it dies. @param pausesAfter it only goes so many steps, and can go on later */
    async go({ diesAfter, restartsAt }: HouseFate = {}, pausesAfter?: number): Promise<End> {
        this.#begin();
        const { up, story } = this;
        const { house, process } = up;
        const watches = up.ups.map(one => new Watch(one, one.world.routes().length > 0));
        const order = up.ups[0]?.faults.order ?? 0;
        for (; ; this.#step++) {
            if (this.#step === restartsAt && house.host.haproxy.memory !== undefined) {
                story.tell("Meanwhile HAProxy restarts.");
                house.host.haproxy.load();
            }
            house.tick();
            const stand = await process.scheduler.next(choiceOf(order, this.#step));
            this.#look();
            if (stand.is === "failed") {
                story.tell(`${this.name} fails: ${stand.error}`);
            } else if (stand.is === "done") {
                story.tell(`${this.name} is done.`);
            }
            for (const watch of watches) {
                watch.look(stand);
            }
            if (stand.is !== "waiting") {
                return this.#end(stand.is);
            }
            if (this.#step === pausesAfter) {
                this.#step++;
                return "died";
            }
            if (this.#step === diesAfter) {
                process.scheduler.kill();
                house.host.lease.free = true;
                story.tell(`${this.name} dies after ${this.#step} steps.`);
                return this.#end("died");
            }
        }
    }

    #begin(): void {
        if (!this.#isBegun) {
            this.#isBegun = true;
            this.story.tell(`${this.name} plans: ${this.up.sentence}`);
            this.up.process.scheduler.start(() => this.up.run());
        }
    }

    #end(end: End): End {
        for (const up of this.up.all) {
            noteFaults(this.coverage, up);
        }
        return end;
    }

    #look(): void {
        const { house } = this.up;
        for (const up of this.up.all) {
            if (up.broken !== undefined) {
                throw up.broken;
            }
        }
        const lost = this.isOvertaken ? undefined : this.#kept.find(request => !isAnswered(house, request));
        if (lost !== undefined) {
            throw new Broken(
                `rule 6: nobody answers ${lost}, which leads to ${reachedBy(house, lost) ?? "no service"}`,
            );
        }
    }
}
