import type { Engine } from "../docker/Engine";
import type { Clock } from "../up/Clock";
import { stopWithoutParent } from "./parent";

/** The clocks of this machine and of the Docker host. A sleep ends with an error where the CLI has ended before it. */
export class HostClock implements Clock {
    constructor(private readonly engine: Engine) {}

    nowMs(): number {
        return Date.now();
    }

    hostNow(): Promise<Date> {
        return this.engine.now();
    }

    async sleep(ms: number, wake?: Promise<unknown>): Promise<void> {
        stopWithoutParent();
        let timer: NodeJS.Timeout | undefined;
        const pause = new Promise(resolve => {
            timer = setTimeout(resolve, ms);
        });
        await (wake === undefined ? pause : Promise.race([pause, wake]));
        clearTimeout(timer);
    }
}
