import type { WorkerAddress } from "../model/FrontState";
import { askBatch, type Command, type Reply } from "./cli";
import { isDeadSocket, isGone } from "./FrontState";
import { checkedInteger } from "./names";
import type { Run } from "./Run";
import type { WorkerResult } from "./WorkerResult";

/**
 * Sends the same commands to each worker, in one exec.
 * @param judge gets a worker's answers, and returns what is wrong with them
 */
export async function tellEveryWorker(
    run: Run,
    workers: readonly WorkerAddress[],
    commands: readonly (string | Omit<Command, "socket">)[],
    judge: (answers: string[]) => string | undefined,
): Promise<WorkerResult[]> {
    const replies = await askBatch(
        run,
        workers.flatMap(({ socket, pid }) =>
            commands.map(command => {
                const { command: text, payload } =
                    typeof command === "string" ? { command, payload: undefined } : command;
                return { socket, command: `@!${checkedInteger("process id", pid, 1, 2 ** 31)} ${text}`, payload };
            }),
        ),
    );
    return workers.map((worker, index) => {
        const answers = replies.slice(index * commands.length, (index + 1) * commands.length);
        if (answers.some(saysExited)) {
            return { worker, ok: true, gone: true };
        }
        const unreached = answers.find(({ reached }) => !reached);
        const error = unreached ? `${worker.socket}: ${unreached.text}` : judge(answers.map(({ text }) => text));
        return { worker, ok: error === undefined, gone: false, error };
    });
}

function saysExited({ text, reached }: Reply): boolean {
    return reached ? isGone(text) : isDeadSocket(text);
}
