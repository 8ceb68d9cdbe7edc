import { which } from "./command.mjs";
import { ensureDockerEngine } from "./dockerEngine.mjs";
import { applied, writeEnvironment } from "./environment.mjs";
import { dropGoCaches } from "./goModule.mjs";
import { ensureImages } from "./images/images.mjs";
import { ensurePackages } from "./packages.mjs";
import { ensurePlugins } from "./plugins.mjs";
import { Problem } from "./problem.mjs";
import { ensurePulumiCli } from "./pulumiCli.mjs";
import { note } from "./step.mjs";

/** A set-up that is faster says nothing, seconds. */
const quietSeconds = 2;

/**
 * Gets everything that the project needs and that is missing. Where nothing is missing, that takes less than a second.
 *
 * @param full also gets what only the long test run needs
 * @param announce says that the set-up is complete, even when there was nothing to do
 * @returns the environment to run in, and the path of the Pulumi CLI
 */
export async function setUp({ full = process.env.RELINK_FULL === "1", announce = false } = {}) {
    const started = Date.now();
    await ensurePackages();
    const dockerHost = await ensureDockerEngine();
    const docker = which("docker");
    if (docker === undefined) {
        throw new Problem("The docker command is not on PATH.", [
            "apt-get install docker-cli    # docker.io before Debian 13; or your system's package",
        ]);
    }
    const dockerEnv = dockerHost ? { ...process.env, DOCKER_HOST: dockerHost } : process.env;
    const images = await ensureImages({ path: docker, env: dockerEnv }, { full });
    const cli = await ensurePulumiCli();
    const ownPlugins = await ensurePlugins(cli);
    if (cli.built) {
        await dropGoCaches();
    }
    const environment = writeEnvironment({ cliFolder: cli.folder, ownHome: cli.ours || ownPlugins, dockerHost });
    if (announce || images.changed) {
        tellSubstitutes(images.substitutes);
    }
    const seconds = (Date.now() - started) / 1000;
    if (announce || seconds > quietSeconds) {
        note(`The set-up is complete (${seconds.toFixed(1)} s).`);
    }
    return { env: applied(environment), environment, pulumi: cli.path };
}

/** Tells which images under official names the set-up has built: a stack that names one of them runs that image. */
function tellSubstitutes(names) {
    if (names.length > 0) {
        note(
            `On this Docker Engine these are not the official images: ${names.join(", ")}. The set-up built them from`,
        );
        note("Debian packages, because no registry was reached. `docker pull` replaces them.");
    }
}
