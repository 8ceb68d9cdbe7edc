import { askThroughFront } from "../front/FrontQuestions";
import { slotOf } from "../model/Container";
import type { RollIntent } from "../model/Intent";
import { heldSlots, hooksBefore, linkedTo } from "../model/Record";
import { deployedAgain, type RecordedRelease } from "../model/Release";
import type { RollingSettings } from "../model/StrategySettings";
import type { DeploymentAction, DeploymentInputs } from "../providers/Deployment";
import type { Session } from "../providers/Session";
import { upOf } from "../providers/upOf";
import { ColorPlace } from "./ColorPlace";
import { countedNow } from "./linkRecord";
import type { Progress } from "./Progress";
import { Roll } from "./Roll";
import { until } from "./until";

/** How long the public listener may take to show the release that every container is of by then, milliseconds. */
const confirmMs = 10_000;

/**
 * The live color on its way to one release, container by container, while the link stays. Until all of it is done the
 * record says what the color was, and what it is becoming: whoever comes after an interruption finishes or undoes it. What
 * cannot be proved is taken back, so that users are left with what they had.
 */
export class RollingDeployment {
    readonly #place: ColorPlace;

    constructor(
        readonly session: Session,
        private readonly inputs: DeploymentInputs,
        readonly release: RecordedRelease,
        private readonly action: DeploymentAction,
        private readonly settings: RollingSettings,
        readonly progress: Progress,
    ) {
        this.#place = new ColorPlace(session, inputs.service, inputs.color, release, action, progress);
    }

    async run(): Promise<void> {
        const { service, color, replicas } = this.inputs;
        const record = await this.session.recorded(service);
        const before = record.releases[record[color].release ?? ""];
        await this.session.enter("roll: intent");
        await this.#intend(this.release, replicas);
        const problem = await this.#pass(this.release, replicas, false);
        if (problem === undefined) {
            await this.#end();
            return;
        }
        const what = `${service}: ${this.release.image} was not rolled out on ${color}: ${problem.message}`;
        // Where the old release was given up, to take the new one back would leave nobody who answers.
        if (before === undefined || before.id === this.release.id || record[color].replicas === 0) {
            throw new Error(`${what}\n${color} goes on serving with what it has. Run pulumi up again.`);
        }
        this.progress.status(`taking ${this.release.image} back`);
        await this.session.enter("roll: undo");
        await this.#intend(before, record[color].replicas);
        const second = await this.#pass(before, record[color].replicas, true);
        if (second !== undefined) {
            throw new Error(
                `${what}\nIt could not be taken back: ${second.message}\n` +
                    `${color} goes on serving with what it has, of both releases. Run pulumi up again.`,
            );
        }
        await this.#settle(before.id);
        await this.session.record(service, now => ({ ...now, intent: undefined }));
        throw new Error(`${what}\n${color} goes on serving ${before.image} as before.`);
    }

    #pass(release: RecordedRelease, replicas: number, isUndo: boolean): Promise<Error | undefined> {
        const { settings } = this;
        const commandMs = this.action.policy.progressDeadlineMs;
        return new Roll(this.#place, { release, replicas, settings, commandMs, isUndo }, this.progress).run();
    }

    /** What is begun is known before it begins. */
    async #intend(release: RecordedRelease, replicas: number): Promise<void> {
        const { service, color } = this.inputs;
        const { action, settings } = this;
        const containers = this.#place.containers(await this.session.observe([this.inputs.service]));
        const held = containers.map(({ labels }) => labels["relink.release"] ?? "");
        await this.session.record(service, record => {
            const known = record.releases[release.id];
            const from = [...new Set([...held, record[color].release ?? ""])].filter(
                id => id !== release.id && record.releases[id] !== undefined,
            );
            const intent: RollIntent = { kind: "roll", color, from, to: release.id, replicas, settings };
            const promotion = release.id === this.release.id ? action.promotion : undefined;
            return {
                ...record,
                intent,
                releases: {
                    ...record.releases,
                    [release.id]: known ? deployedAgain(known, release, promotion) : release,
                },
                promotions: Math.max(record.promotions, promotion ?? 0),
                hooks: hooksBefore(record, action.hooks),
            };
        });
    }

    /** Every container is of the release: HAProxy says so, a request of ours has seen it, and the record knows. */
    async #end(): Promise<void> {
        const { service, color, replicas } = this.inputs;
        const { release } = this;
        const slots = await this.#settle(release.id);
        if (this.#place.fronted) {
            await this.#confirm();
        }
        await this.session.enter("roll: done");
        const at = (await this.session.engine.now()).toISOString();
        const liveSince = this.#place.fronted
            ? await countedNow(upOf(this.session, service, this.progress), color)
            : undefined;
        await this.session.record(service, record => ({
            ...linkedTo(record, color, release, { at, by: this.session.lease.owner }),
            [color]: { ...record[color], release: release.id, replicas, slots: heldSlots(slots), liveSince },
        }));
        this.progress.info(`${color} runs ${release.image} (release ${release.id}), rolled out container by container`);
    }

    /** What HAProxy holds of the color is that release alone. @returns the slots that are open. */
    async #settle(release: string): Promise<number[]> {
        await this.session.enter("roll: end");
        const containers = this.#place.containers(await this.session.observe([this.inputs.service]));
        const slots = containers.map(slotOf);
        await this.#place.configure(slots, release);
        await this.#place.openOnly(slots);
        return slots;
    }

    async #confirm(): Promise<void> {
        const { service, color } = this.inputs;
        const { id, settings } = this.release;
        this.progress.status("confirming through the public listener");
        await until(
            this.session.clock,
            async seen => {
                const answer = await askThroughFront(this.session, service, "http", settings.health).catch(error => {
                    seen((error as Error).message);
                    return undefined;
                });
                if (answer !== undefined) {
                    seen(`the public listener answered ${answer.text}`);
                }
                return answer?.good && answer.color === color && answer.release === id ? true : undefined;
            },
            {
                deadline: Date.now() + confirmMs,
                what: `${service}: every container of ${color} is of the new release, but that could not be confirmed`,
            },
        );
    }
}
