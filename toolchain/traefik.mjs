import { cpSync, rmSync } from "node:fs";
import { join } from "node:path";
import { logged, which } from "./command.mjs";
import { dropGoCaches, ensureGoProgram } from "./goModule.mjs";
import { binFolder, inRelink, root } from "./paths.mjs";

const version = "3.7.13";

/**
 * Gets Traefik, which only the full run's test of proxies needs. It is the machine's own, or built from its Go module.
 *
 * @returns the path of its binary
 */
export async function ensureTraefik() {
    const installed = which("traefik");
    if (installed !== undefined) {
        return installed;
    }
    const output = join(binFolder, "traefik");
    const built = await ensureGoProgram({
        title: `Building Traefik ${version} from its Go module (about 6 minutes)`,
        module: "traefik",
        packageName: "github.com/traefik/traefik/v3/cmd/traefik",
        output,
        linkerFlags: `-X github.com/traefik/traefik/v3/pkg/version.Version=${version}`,
        without: {
            reason: "The test needs the program traefik on PATH",
            commands: [
                "# install Traefik (https://doc.traefik.io/traefik/getting-started/)",
                "# or Go 1.25 or later (https://go.dev/doc/install): the test then builds Traefik",
            ],
        },
        prepare: copyLego,
    });
    if (built) {
        await dropGoCaches();
    }
    return output;
}

/** Copies Traefik's ACME client without its DNS providers to where toolchain/go/traefik/go.mod expects it. */
async function copyLego(go, options) {
    const cwd = join(root, "toolchain", "go", "traefik", "lego");
    const module = "github.com/go-acme/lego/v5";
    await logged(go, ["mod", "download", module], { ...options, cwd });
    const from = join(options.env.GOMODCACHE, `${module}@v5.4.1`);
    const copy = inRelink("go", "lego");
    rmSync(copy, { recursive: true, force: true });
    const providers = join(from, "providers");
    cpSync(from, copy, { recursive: true, filter: path => !path.startsWith(providers) });
    cpSync(join(cwd, "dns"), join(copy, "providers", "dns"), { recursive: true });
}
