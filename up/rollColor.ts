import type { RollIntent } from "../model/Intent";
import { heldSlots, hooksBefore, linkedTo } from "../model/Record";
import { deployedAgain, type RecordedRelease } from "../model/Release";
import { ColorSlots } from "./ColorSlots";
import { isFronted } from "./ColorTarget";
import { confirm } from "./confirm";
import { countedNow } from "./linkRecord";
import { Roll } from "./Roll";
import type { RollingDeployment } from "./RollingDeployment";
import type { Up } from "./Up";

/**
 * Brings the live color to one release, container by container, while the link stays. Until all of it is done the record
 * says what the color was, and what it is becoming, so that the next `up` can finish or undo it. What cannot be proved is
 * taken back, so that users are left with what they had.
 * @throws Error that says what was left serving
 */
export async function rollColor(up: Up, deployment: RollingDeployment): Promise<void> {
    const { color, release } = deployment;
    const record = await up.journal.recorded();
    await up.journal.enter("roll: intent");
    await intend(up, deployment);
    const problem = await passOver(up, deployment, false);
    if (problem === undefined) {
        await finish(up, deployment);
        return;
    }
    const what = `${up.service}: ${release.image} was not rolled out on ${color}: ${problem.message}`;
    const { [record[color].release ?? ""]: before } = record.releases;
    // Where the old release was given up, nothing would answer once the new one is taken back.
    if (before === undefined || before.id === release.id || record[color].replicas === 0) {
        throw new Error(`${what}\n${color} goes on serving with what it has. Run pulumi up again.`);
    }
    throw await takeBack(up, { ...deployment, release: before, replicas: record[color].replicas }, release, what);
}

/** Takes a failed release back. @returns what the user is told */
async function takeBack(up: Up, deployment: RollingDeployment, failed: RecordedRelease, what: string): Promise<Error> {
    const { color, release } = deployment;
    up.progress.status(`taking ${failed.image} back`);
    await up.journal.enter("roll: undo");
    await intend(up, { ...deployment, promotion: undefined });
    const problem = await passOver(up, deployment, true);
    if (problem !== undefined) {
        return new Error(
            `${what}\nIt could not be taken back: ${problem.message}\n` +
                `${color} goes on serving with what it has, of both releases. Run pulumi up again.`,
        );
    }
    await settle(up, deployment);
    await up.journal.record(record => ({ ...record, intent: undefined }));
    return new Error(`${what}\n${color} goes on serving ${release.image} as before.`);
}

/** @returns why not all containers are of the release */
function passOver(up: Up, deployment: RollingDeployment, isUndo: boolean): Promise<Error | undefined> {
    const { replicas, settings, policy } = deployment;
    const commandMs = policy.progressDeadlineMs;
    return new Roll(up, { target: deployment, replicas, settings, commandMs, isUndo }).run();
}

/** Writes down what begins, so that the next `up` can go on with it. */
async function intend(up: Up, { color, release, replicas, settings, promotion, hooks }: RollingDeployment) {
    const { [color]: containers } = (await up.look()).containers;
    const held = containers.map(({ labels }) => labels["relink.release"] ?? "");
    await up.journal.record(record => {
        const { [release.id]: known } = record.releases;
        const from = [...new Set([...held, record[color].release ?? ""])].filter(
            id => id !== release.id && record.releases[id] !== undefined,
        );
        const intent: RollIntent = { kind: "roll", color, from, to: release.id, replicas, settings };
        return {
            ...record,
            intent,
            releases: {
                ...record.releases,
                [release.id]: known ? deployedAgain(known, release, promotion) : release,
            },
            promotions: Math.max(record.promotions, promotion ?? 0),
            hooks: hooksBefore(record, hooks),
        };
    });
}

/** Every container is of the release: HAProxy says so, a request of ours has seen it, and the record knows. */
async function finish(up: Up, deployment: RollingDeployment): Promise<void> {
    const { color, release, replicas } = deployment;
    const slots = await settle(up, deployment);
    // What a failed repair has given up has no container, so nothing can answer.
    if (isFronted(deployment) && replicas > 0) {
        await confirmAll(up, deployment);
    }
    await up.journal.enter("roll: done");
    const at = (await up.clock.hostNow()).toISOString();
    const liveSince = isFronted(deployment) ? await countedNow(up, color) : undefined;
    await up.journal.record(record => ({
        ...linkedTo(record, color, release, { at, by: up.journal.owner }),
        // HAProxy still gives the other color a share that it had. The link of the same `up` takes it back.
        link: { ...record.link, live: color, release: release.id, at, by: up.journal.owner },
        [color]: { ...record[color], release: release.id, replicas, slots: heldSlots(slots), liveSince },
    }));
    up.progress.info(`${color} runs ${release.image} (release ${release.id}), rolled out container by container`);
}

/** What HAProxy holds of the color is that release alone. @returns the slots that are open. */
async function settle(up: Up, deployment: RollingDeployment): Promise<number[]> {
    await up.journal.enter("roll: end");
    const open = (await up.look()).containers[deployment.color].map(({ slot }) => slot);
    const slots = new ColorSlots(up, deployment);
    await slots.configure(open);
    await slots.openOnly(open);
    return open;
}

async function confirmAll(up: Up, { color, release }: RollingDeployment): Promise<void> {
    up.progress.status("confirming through the public listener");
    const what = `${up.service}: every container of ${color} is of the new release, but that could not be confirmed`;
    const { link } = await up.journal.recorded();
    const questions = await up.front.questions();
    try {
        await confirm(up, questions, { color, release, isShare: link.percent !== undefined, what });
    } finally {
        await questions.end();
    }
}
