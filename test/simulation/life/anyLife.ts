import * as fc from "fast-check";
import type { HouseEvent } from "../house/HouseEvent";
import { HouseLife } from "../house/HouseLife";
import { houseEvents } from "../house/houseEvents";
import type { Coverage } from "./Coverage";
import type { DestroyMishap } from "./checkDestroy";
import type { Event } from "./Event";
import { events, failoverLife, mishap } from "./events";
import { Life } from "./Life";
import { Story } from "./Story";

/**
 * All that a life is made of. In the life of one service: what happens in it, what befalls each `destroy` in the end, and
 * whether the service has no port, and whether it has failover. In that of several services behind one front: what happens in it.
 */
export type Course = [Event[], DestroyMishap[], boolean?, boolean?] | { house: HouseEvent[] };

const isBackground = fc.constantFrom(...Array.from({ length: 12 }, (_, index) => index === 11));

const failover = fc.constantFrom(false, false, true);

const courseOfOne: fc.Arbitrary<Course> = fc
    .tuple(events, fc.array(mishap, { maxLength: 2 }), isBackground, failover, failoverLife)
    .map(([events, mishaps, isBackground, failover, more]): Course => {
        return [failover ? [...events, ...more] : events, mishaps, isBackground, failover];
    });

const course: fc.Arbitrary<Course> = fc.oneof(
    { weight: 14, arbitrary: courseOfOne },
    { weight: 1, arbitrary: fc.record({ house: houseEvents }) },
);

/** What must hold of any life. A seed of fast-check, or a seed and a path, always gives the same lives. */
export function anyLife(coverage: Coverage) {
    return fc.asyncProperty(course, course => live(course, coverage));
}

/**
 * Lives a life to its end.
 * @throws Broken where a rule does not hold
 */
export async function live(course: Course, coverage: Coverage, story = new Story()): Promise<void> {
    if ("house" in course) {
        const life = new HouseLife(coverage, story);
        for (const event of course.house) {
            await life.take(event);
        }
        return life.end();
    }
    const [events, mishaps, isBackground, failover] = course;
    const life = new Life(coverage, story, { isBackground, failover });
    for (const event of events) {
        await life.take(event);
    }
    await life.end(mishaps);
}
