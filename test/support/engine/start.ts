import { readdirSync, readFileSync } from "node:fs";
import { isFull } from "../isFull";
import { OwnEngine } from "../OwnEngine";
import { ensureProxies } from "../proxyBinaries";
import { toolchain } from "../toolchain";
import { until } from "../until";
import "../../setup";

/** The part of vitest's TestProject that is used here. */
interface Project {
    config: { env: Record<string, unknown> };
}

/**
 * Starts the Docker Engine that a project of vitest's names with RELINK_TEST_ENGINE, before its first test, and removes
 * it after its last one. WorkerOnEngine puts the project's test processes into its network.
 */
export default async function start(project: Project): Promise<() => Promise<void>> {
    const { ensureRegistry } = await toolchain("registry.mjs");
    // Debian's mirror cannot be reached from the Engine's network.
    await ensureRegistry();
    const name = String(project.config.env.RELINK_TEST_ENGINE);
    if (name === process.env.RELINK_TEST_ENGINE) {
        // All end-to-end tests run on it, those of the proxies too.
        await ensureProxies(isFull);
        const { ensurePebble } = await toolchain("pebble.mjs");
        await ensurePebble();
    }
    const own = await OwnEngine.createForTests(name);
    Object.assign(project.config.env, { DOCKER_HOST: own.host, RELINK_TEST_NETWORK: own.network });
    return async () => {
        await processesEnd(own.network);
        await own.remove();
    };
}

/**
 * Waits for the test processes on an Engine, which vitest ends at that time. Killed with their Engine, they would keep
 * vitest waiting for their last message. Processes that a test left behind do not end, and are killed.
 */
async function processesEnd(network: string): Promise<void> {
    const isThere = (pid: string) => environmentOf(pid).includes(`RELINK_TEST_NETWORK=${network}`);
    await until(async () => (readdirSync("/proc").some(isThere) ? undefined : true), {
        deadline: Date.now() + 10_000,
        what: "the test processes have ended",
    }).catch(() => {});
}

function environmentOf(pid: string): string {
    try {
        return readFileSync(`/proc/${pid}/environ`, "utf8");
    } catch {
        return "";
    }
}
