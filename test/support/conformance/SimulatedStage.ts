import type { Color } from "../../../model/Color";
import type { ObservedService } from "../../../model/ObservedService";
import type { RecordedRelease } from "../../../model/Release";
import type { Up } from "../../../up/Up";
import { restarts } from "../../simulation/life/byHand";
import { noFaults } from "../../simulation/life/Faults";
import { portsOf } from "../../simulation/life/portsOf";
import { blocksOf } from "../../simulation/life/SimulatedContainer";
import { SimulatedUp } from "../../simulation/life/SimulatedUp";
import { SimulatedWorld } from "../../simulation/life/SimulatedWorld";
import { desiredOf, firstWish } from "../../simulation/life/Wish";
import { CallLog } from "./CallLog";
import { reportedUp } from "./reportedUp";
import type { Stage } from "./Stage";
import { View } from "./View";

/** A process that is not an `up` of the story. */
const another = -1;

/** The ports of the simulation, with nothing that goes wrong by itself. */
export class SimulatedStage implements Stage {
    readonly blocks = blocksOf(0);
    readonly log = new CallLog();
    readonly view = new View("front", this.blocks);
    readonly #world = new SimulatedWorld();
    #isRequestOpen = false;

    /** @param releases have their images on the Docker host */
    constructor(releases: readonly RecordedRelease[]) {
        for (const { imageId, digest } of releases) {
            this.#world.images.add(imageId ?? digest);
        }
        this.#world.front.haproxy.load();
    }

    async play(act: (up: Up) => Promise<void>, failing?: RecordedRelease): Promise<void> {
        const desired = desiredOf(firstWish);
        const up = new SimulatedUp(
            this.#world,
            { ...desired, release: failing ?? desired.release },
            {
                ...noFaults,
                // Else the requests of a simulated user end once their container gets no others.
                drain: this.#isRequestOpen ? "cut" : "good",
                ...(failing === undefined ? {} : { proof: { after: 0, how: "cannot start" } }),
            },
            firstWish,
        );
        up.scheduler.start(() => act(reportedUp(portsOf(up), this.log, this.view)));
        try {
            await toItsEnd(up);
        } finally {
            up.giveBack();
        }
    }

    async observe(): Promise<ObservedService> {
        // The first is of Pulumi's state, which has no part in the story.
        const { lost: _lost, ...observed } = this.#world.observe();
        return observed;
    }

    async kill(color: Color, slot: number): Promise<void> {
        const container = this.#world.on(color).find(one => one.slot === slot);
        Object.assign(container!, { state: "exited", exitCode: 137, open: false });
    }

    async restartHaproxy(): Promise<void> {
        restarts["HAProxy restarted"](this.#world);
    }

    async reloadHaproxy(): Promise<void> {
        this.#world.front.haproxy.load();
    }

    async holdLease(): Promise<() => Promise<void>> {
        const { epoch } = this.#world.lease;
        this.#world.lease = { epoch: epoch + 1, holder: another, free: false };
        return async () => {
            this.#world.lease = { epoch: epoch + 1, free: true };
        };
    }

    async openRequest(): Promise<void> {
        const [container] = this.#world.serving();
        container!.open = true;
        this.#isRequestOpen = true;
    }

    async endRequests(): Promise<void> {
        this.#isRequestOpen = false;
        for (const container of this.#world.containers) {
            container.open = false;
        }
    }
}

/** Lets the calls of a simulated `up` go on, one after the other. */
async function toItsEnd(up: SimulatedUp): Promise<void> {
    for (;;) {
        const stand = await up.scheduler.next();
        if (up.broken !== undefined) {
            throw up.broken;
        }
        if (stand.is === "failed") {
            throw stand.error;
        }
        if (stand.is === "done") {
            return;
        }
    }
}
