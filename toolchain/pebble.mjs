import { join } from "node:path";
import { which } from "./command.mjs";
import { dropGoCaches, ensureGoProgram } from "./goModule.mjs";
import { binFolder } from "./paths.mjs";

const version = "2.10.3";

/** The ACME server, and the DNS server that it asks. */
const programs = ["pebble", "pebble-challtestsrv"];

/**
 * Gets Pebble, Let's Encrypt's ACME server for tests. It is the machine's own, or built from its Go module in some 20 s.
 *
 * @returns the paths of the ACME server and of its DNS server
 */
export async function ensurePebble() {
    const installed = programs.map(name => which(name));
    if (installed.every(path => path !== undefined)) {
        return { acme: installed[0], dns: installed[1] };
    }
    const outputs = programs.map(name => join(binFolder, name));
    const built = [];
    for (const [index, name] of programs.entries()) {
        built.push(
            await ensureGoProgram({
                title: `Building ${name} ${version} from its Go module`,
                module: "pebble",
                packageName: `github.com/letsencrypt/pebble/v2/cmd/${name}`,
                name,
                output: outputs[index],
                without: {
                    reason: `The programs ${programs.join(" and ")} are not on PATH`,
                    commands: [
                        "# install Pebble (https://github.com/letsencrypt/pebble)",
                        "# or Go 1.25 or later (https://go.dev/doc/install): Pebble is then built",
                    ],
                },
            }),
        );
    }
    if (built.includes(true)) {
        await dropGoCaches();
    }
    return { acme: outputs[0], dns: outputs[1] };
}
