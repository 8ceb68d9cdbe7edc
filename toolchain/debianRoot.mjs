import { logged, which } from "./command.mjs";
import { installPackages } from "./debian.mjs";

/** Suites that are not released yet. A mirror's copy of one can be some days older than its lists allow. */
const inTheMaking = new Set(["forky"]);

/**
 * Makes a root file system of a Debian suite with some packages, by mmdebstrap.
 *
 * @param target a folder, or an archive that ends in `.tar`
 * @param options further options of mmdebstrap (default: none)
 * @param log options of `logged`
 */
export async function makeDebianRoot({ suite, packages, target, options = [] }, log) {
    if (which("mmdebstrap") === undefined) {
        await installPackages(["mmdebstrap"], "Installing mmdebstrap");
    }
    await logged("mmdebstrap", rootArguments({ suite, packages, target, options }), log);
}

export function rootArguments({ suite, packages, target, options }) {
    return [
        "--variant=essential",
        `--include=${packages.join(",")}`,
        ...(inTheMaking.has(suite) ? ['--aptopt=Acquire::Check-Valid-Until "false"'] : []),
        ...options,
        suite,
        target,
    ];
}
