import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { type AnsweredBy, type LoadOptions, planLoad } from "./LoadOptions";
import type { LoadResult, LoadSnapshot } from "./LoadResult";
import type { FromWorker, ToWorker } from "./messages";

const lookEveryMs = 50;

/** A load that is running, in a process of its own. */
export interface LoadRun {
    /**
     * Begins a phase: requests that begin from now on are counted under this name too.
     *
     * @param answeredBy who may answer them. @default those of the phase before
     */
    mark(name: string, answeredBy?: AnsweredBy): Promise<void>;
    /** The counts now. */
    snapshot(): Promise<LoadSnapshot>;
    /**
     * Waits until the counts are as wished.
     * @returns the counts
     * @throws Error where the load ends before, or after `seconds` (default 30)
     */
    until(wish: (counts: LoadSnapshot) => boolean, what: string, seconds?: number): Promise<LoadSnapshot>;
    /** Resolves when a bound of the load was reached and all that had begun is settled. */
    finished: Promise<void>;
    /** Begins no further request, waits for open ones up to the timeout, and ends the process. */
    stop(): Promise<LoadResult>;
    /** Ends the process at once. Does nothing after `stop`. */
    kill(): void;
}

/**
 * Starts load on a server, in a child process. It never repeats a request, and accounts for each one as answered, failed,
 * refused or open.
 */
export async function startLoad(options: LoadOptions): Promise<LoadRun> {
    const plan = planLoad(options);
    const worker = new Worker(options.through ?? []);
    await worker.ask({ type: "start", plan });
    let result: Promise<LoadResult> | undefined;
    const snapshot = async (): Promise<LoadSnapshot> => (await worker.ask({ type: "snapshot" })) as LoadSnapshot;
    return {
        finished: worker.finished,
        mark: async (name, answeredBy) => void (await worker.ask({ type: "mark", name, answeredBy })),
        snapshot,
        until: async (wish, what, seconds = 30) => {
            const deadline = performance.now() + seconds * 1000;
            for (;;) {
                const counts = await snapshot();
                if (wish(counts)) {
                    return counts;
                }
                if (performance.now() > deadline) {
                    throw new Error(`not within ${seconds} s: ${what}; counts: ${JSON.stringify(counts)}`);
                }
                await new Promise(resolve => setTimeout(resolve, lookEveryMs));
            }
        },
        stop: () => {
            result ??= worker.ask({ type: "stop" }).then(value => value as LoadResult);
            return result.finally(() => worker.kill());
        },
        kill: () => worker.kill(),
    };
}

/** The request without its id, for each kind of message. */
type Question = ToWorker extends infer M ? (M extends ToWorker ? Omit<M, "id"> : never) : never;

class Worker {
    readonly finished: Promise<void>;
    private readonly child: ChildProcess;
    private readonly waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
    private asked = 0;
    private stderr = "";
    private exited = false;

    constructor(through: readonly string[]) {
        const loader = join(__dirname, "../../../startup/loadTypeScript.js");
        const [program = process.execPath, ...args] = [...through, process.execPath];
        this.child = fork(join(__dirname, "worker.ts"), [], {
            execPath: program,
            execArgv: [...args, "--require", loader],
            stdio: ["ignore", "inherit", "pipe", "ipc"],
        });
        this.child.stderr?.on("data", data => {
            this.stderr += data;
        });
        let resolveFinished = (): void => {};
        this.finished = new Promise(resolve => {
            resolveFinished = resolve;
        });
        this.child.on("message", (message: FromWorker) => {
            if (message.type === "finished") {
                resolveFinished();
                return;
            }
            const asker = this.waiting.get(message.id);
            this.waiting.delete(message.id);
            if (message.type === "answer") {
                asker?.resolve(message.value);
            } else {
                asker?.reject(new Error(`load client: ${message.message}`));
            }
        });
        this.child.on("error", error => this.end(error.message));
        this.child.on("exit", (code, signal) => {
            this.end(`it ended with ${signal ?? `exit code ${code}`}`);
            resolveFinished();
        });
    }

    ask(question: Question): Promise<unknown> {
        this.asked += 1;
        const message = { ...question, id: this.asked } as ToWorker;
        return new Promise((resolve, reject) => {
            if (this.exited) {
                reject(new Error(`load client: it has ended\n${this.stderr}`));
                return;
            }
            this.waiting.set(message.id, { resolve, reject });
            this.child.send(message);
        });
    }

    kill(): void {
        if (!this.exited) {
            this.child.kill("SIGKILL");
        }
    }

    private end(why: string): void {
        this.exited = true;
        for (const { reject } of this.waiting.values()) {
            reject(new Error(`load client: ${why}\n${this.stderr}`));
        }
        this.waiting.clear();
    }
}
