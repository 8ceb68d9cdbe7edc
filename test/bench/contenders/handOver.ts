import { Engine } from "../../../docker/Engine";

/** The start or the end of a container in which a generation of HAProxy runs. */
interface GenerationEvent {
    Action: "start" | "kill";
    timeNano: number;
    generation: string;
}

/**
 * @param fromMs when the `up` began that changed HAProxy's image, milliseconds since 1970
 * @returns seconds from the start of the new HAProxy's container until the one before was told to leave. New connections go to
 * either of them meanwhile
 */
export async function secondsOfHandOver(stack: string, fromMs: number): Promise<number> {
    const events = await eventsOf(stack, fromMs);
    const started = events.find(({ Action }) => Action === "start");
    const left = events
        .filter(({ Action, generation }) => Action === "kill" && generation !== started?.generation)
        .at(-1);
    if (started === undefined || left === undefined) {
        throw new Error(`no hand-over in ${JSON.stringify(events)}`);
    }
    return (left.timeNano - started.timeNano) / 1e9;
}

/** @returns the oldest first */
async function eventsOf(stack: string, fromMs: number): Promise<GenerationEvent[]> {
    const stream = await Engine.connect().docker.getEvents({
        since: Math.floor(fromMs / 1000),
        until: Math.ceil(Date.now() / 1000),
        filters: {
            type: ["container"],
            event: ["start", "kill"],
            label: [`relink.stack=${stack}`, "relink.generation"],
        },
    });
    let text = "";
    for await (const piece of stream) {
        text += piece;
    }
    return text
        .split("\n")
        .filter(line => line !== "")
        .map(line => JSON.parse(line))
        .map(({ Action, timeNano, Actor }) => ({
            Action,
            timeNano,
            generation: Actor.Attributes["relink.generation"],
        }));
}
