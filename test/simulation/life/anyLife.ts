import * as fc from "fast-check";
import type { Coverage } from "./Coverage";
import type { Event } from "./Event";
import { events } from "./events";
import { Life } from "./Life";
import { Story } from "./Story";

/** All that a life is made of: what happens in it, and behind how many steps each `destroy` dies in the end. */
export type Course = [Event[], number[]];

/** What must hold of any life of a service. A seed of fast-check, or a seed and a path, always gives the same lives. */
export function anyLife(coverage: Coverage) {
    return fc.asyncProperty(events, fc.array(fc.nat(30), { maxLength: 2 }), (events, deaths) => {
        return live([events, deaths], coverage);
    });
}

/**
 * Lives a life to its end.
 * @throws Broken where a rule does not hold
 */
export async function live([events, deaths]: Course, coverage: Coverage, story = new Story()): Promise<void> {
    const life = new Life(coverage, story);
    for (const event of events) {
        await life.take(event);
    }
    await life.end(deaths);
}
