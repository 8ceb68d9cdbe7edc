import { OwnEngine } from "../OwnEngine";
import { toolchain } from "../toolchain";
import "../../setup";

/** What is needed here of vitest's TestProject. */
interface Project {
    config: { env: Record<string, unknown> };
}

/**
 * Starts the Docker Engine that a project of vitest's names with RELINK_TEST_ENGINE, before its first test, and removes
 * it after its last one. WorkerOnEngine puts the project's test processes into its network.
 */
export default async function start(project: Project): Promise<() => Promise<void>> {
    const { ensureRegistry } = await toolchain("registry.mjs");
    // From inside there is no way to Debian's mirror.
    await ensureRegistry();
    const own = await OwnEngine.createForTests(String(project.config.env.RELINK_TEST_ENGINE));
    Object.assign(project.config.env, { DOCKER_HOST: own.host, RELINK_TEST_NETWORK: own.network });
    return () => own.remove();
}
