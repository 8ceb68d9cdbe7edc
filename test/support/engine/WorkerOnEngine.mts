import { fork } from "node:child_process";
import { ForksPoolWorker, type PoolOptions } from "vitest/node";

/**
 * A test process in the network namespace of the Docker Engine that `start.ts` started for its project. The Engine's
 * published ports are on 127.0.0.1 there. Files and processes are the machine's.
 */
class WorkerOnEngine extends ForksPoolWorker {
    override readonly name = poolName;

    override start(): Promise<void> {
        const network = String(this.env.RELINK_TEST_NETWORK);
        // vitest keeps a process that exists already. It has no other way to say how the process starts.
        const isStarted = (this as unknown as { _fork?: unknown })._fork !== undefined;
        if (!isStarted) {
            const worker = fork(this.entrypoint, [], {
                env: this.env,
                execPath: "nsenter",
                execArgv: [`--net=${network}`, "--", process.execPath, ...this.execArgv],
                stdio: "pipe",
                serialization: "advanced",
            });
            Object.assign(this, { _fork: worker });
        }
        return super.start();
    }
}

const poolName = "docker-engine";

/** The `pool` of a project whose tests run on an Engine of their own. */
export const onEngine = {
    name: poolName,
    createPoolWorker: (options: PoolOptions) => new WorkerOnEngine(options),
};
