import type { Color } from "../model/Color";
import type { RecordedRelease } from "../model/Release";
import { singular, trafficOf } from "../model/trafficNoun";
import type { Answer, Questions } from "./Front";
import { isStop } from "./stop";
import type { Up } from "./Up";
import { until } from "./until";

/** How long the public listener may take to show the release, milliseconds. A switch itself takes milliseconds. */
const confirmMs = 10_000;

/** What a confirming request is to find, and what to do where it finds something else. */
export interface Confirmation {
    color: Color;
    release: RecordedRelease;
    /** The color has a share of the requests: the link alone would give our request to the other color now and then. */
    isShare?: boolean;
    /** What is being confirmed, for the error. */
    what: string;
    /** Wrong answers after which it fails. @default any number, until the deadline */
    wrongAnswers?: number;
}

/** The public listener has answered the confirming request wrongly, too often. */
export class AnsweredWrongly extends Error {
    constructor(
        message: string,
        /** The release itself did, and not only HAProxy, which found no container of it. */
        readonly byRelease: boolean,
    ) {
        super(message);
    }
}

/**
 * Asks through the public listener until the release has answered well.
 * @throws {@link AnsweredWrongly}; DeadlineExceeded
 */
export async function confirm(
    up: Up,
    questions: Questions,
    { color, release, isShare = false, what, wrongAnswers = Number.POSITIVE_INFINITY }: Confirmation,
): Promise<void> {
    let wrong = 0;
    let byRelease = false;
    await until(
        up.clock,
        async seen => {
            const answer = await asked(questions, release, isShare ? color : undefined, seen);
            if (answer === undefined) {
                return undefined;
            }
            const isOurs = answer.color === color && answer.release === release.id;
            // A worker that a reload has made meanwhile does not know us: what it answers says nothing.
            if (!isOurs && ((await questions.renew()) || answer.release !== undefined || answer.status !== 503)) {
                return undefined;
            }
            // Not ours is HAProxy itself by now: every worker has the link, and no container there is up any more.
            byRelease ||= isOurs;
            if (isOurs && answer.good) {
                return true;
            }
            if (++wrong >= wrongAnswers) {
                const how = isOurs ? answeredHow(release, answer) : "was not healthy any more at";
                const asked = singular(trafficOf(release));
                throw new AnsweredWrongly(`${release.image} ${how} the confirming ${asked}`, byRelease);
            }
            return undefined;
        },
        { deadline: up.clock.nowMs() + confirmMs, what },
    );
}

/** A TCP service has no statuses. */
function answeredHow(release: RecordedRelease, { status }: Answer): string {
    return trafficOf(release) === "connections" ? "did not answer as expected to" : `answered ${status} to`;
}

/** @returns the answer of the public listener; undefined where none came. */
async function asked(
    questions: Questions,
    { settings }: RecordedRelease,
    color: Color | undefined,
    seen: (text: string) => void,
): Promise<Answer | undefined> {
    try {
        const answer = await questions.ask("http", settings, color);
        seen(`the public listener answered ${answer.text}`);
        return answer;
    } catch (error) {
        if (isStop(error)) {
            throw error;
        }
        seen((error as Error).message);
        return undefined;
    }
}
