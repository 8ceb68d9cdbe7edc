import { type Course, live } from "../life/anyLife";
import { Coverage } from "../life/Coverage";
import type { Event } from "../life/Event";
import { noFaults } from "../life/Faults";

/**
 * Leaves out of a failing life what it fails without. fast-check removes what an array has; some of its elements are
 * several events.
 * @returns the life that is left, which breaks the same rule
 */
export async function shorten(course: Course): Promise<Course> {
    const rule = await brokenRule(course);
    let best = course;
    for (let index = 0; index < shorter(best).length; ) {
        const candidate = shorter(best)[index]!;
        if ((await brokenRule(candidate)) === rule) {
            best = candidate;
            index = 0;
        } else {
            index++;
        }
    }
    return best;
}

/** All lives with one thing less. */
function shorter(course: Course): Course[] {
    if ("house" in course) {
        return course.house.map((_, index) => ({ house: course.house.filter((_, other) => other !== index) }));
    }
    const [events, deaths, isBackground, failover] = course;
    const fewer = events.map(
        (_, index): Course => [events.filter((_, other) => other !== index), deaths, isBackground, failover],
    );
    const simpler = events.flatMap((event, index) => {
        return simplerEvents(event).map(
            (other): Course => [
                events.map((kept, at) => (at === index ? other : kept)),
                deaths,
                isBackground,
                failover,
            ],
        );
    });
    const without: Course[] = [
        ...(deaths.length > 0 ? [[events, [], isBackground, failover] satisfies Course] : []),
        ...(failover ? [[events, deaths, isBackground, false] satisfies Course] : []),
    ];
    return [...without, ...fewer, ...simpler];
}

function simplerEvents(event: Event): Event[] {
    if (event.is === "change") {
        return withoutOne(event.change).map(change => ({ ...event, change }));
    }
    if (event.is !== "up" && event.is !== "race") {
        return [];
    }
    const calm = JSON.stringify(event.faults) === JSON.stringify(noFaults) ? [] : [{ ...event, faults: noFaults }];
    const changed = withoutOne(event.change ?? {}).map(change => ({ ...event, change }));
    const { is: _is, faults: _faults, change: _change, ...rest } = event;
    const less =
        event.is === "up"
            ? withoutOne(rest).map((kept): Event => ({ is: "up", faults: event.faults, change: event.change, ...kept }))
            : [];
    return [...calm, ...changed, ...less];
}

function withoutOne<T extends object>(fields: T): Partial<T>[] {
    const entries = Object.entries(fields).filter(([, value]) => value !== undefined && value !== false);
    return entries.map((_, left) => Object.fromEntries(entries.filter((_, index) => index !== left)) as Partial<T>);
}

/** @returns the beginning of the message, which names the rule. */
async function brokenRule(course: Course): Promise<string | undefined> {
    try {
        await live(course, new Coverage());
        return undefined;
    } catch (error) {
        return (error as Error).message.split(":")[0];
    }
}
