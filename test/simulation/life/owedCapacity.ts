import type { SimulatedUp } from "./SimulatedUp";

/** How many containers must serve all through an `up` (rules 1 and 6). */
export function owedCapacity({ world, desired, made }: SimulatedUp): number {
    const { record } = world;
    const { intent, link } = record;
    // Before its first link is confirmed, a service has no public to serve.
    const serving = link.live === "none" ? 0 : world.serving().length;
    const counts = [serving, desired.replicas];
    const isJudged = link.live !== "none" && record.releases[record[link.live].release ?? ""]?.linked === true;
    // A rollback goes to the full capacity of what is gone back to, which may be less than the config asks for now.
    if (intent !== undefined || !isJudged || made.row === "repair") {
        counts.push(...[record.blue, record.green].filter(({ release }) => release).map(({ replicas }) => replicas));
    }
    if (intent?.kind === "roll") {
        counts.push(intent.replicas);
    }
    if (link.live !== "none") {
        // What an interrupted scaling has left beyond that number is nothing to count on.
        counts.push(record[link.live].replicas);
    }
    const least = Math.min(...counts);
    const rolls = [made.blue.roll, made.green.roll].find(roll => roll?.order === "stopFirst");
    const step = typeof rolls?.step === "number" ? rolls.step : 2;
    return rolls === undefined ? least : Math.min(least, Math.max(1, least - step));
}
