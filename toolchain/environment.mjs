import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { inRelink, nodeFolder, usersPath } from "./paths.mjs";
import { ourHome, usersLoginFolder } from "./pulumiHome.mjs";

const file = () => inRelink("env.json");

/**
 * Composes the environment of everything that the set-up starts, and writes it to `.relink/env.json`. Its PATH is the
 * user's at this moment, with RELINK_PATH in front.
 *
 * @param cliFolder folder of a CLI that is not on the user's PATH, or undefined
 * @param ownHome whether PULUMI_HOME must be ours
 * @param dockerHost DOCKER_HOST where the Engine is not found without it, or undefined
 */
export function writeEnvironment({ cliFolder, ownHome, dockerHost }) {
    const ahead = [...(cliFolder ? [cliFolder] : []), nodeFolder].join(delimiter);
    const environment = {
        RELINK_PATH: ahead,
        PATH: `${ahead}${delimiter}${usersPath()}`,
        ...(ownHome ? { PULUMI_HOME: ourHome() } : {}),
        ...backend(ownHome),
        ...(dockerHost ? { DOCKER_HOST: dockerHost } : {}),
        NODE_COMPILE_CACHE: inRelink("compile-cache"),
        // One service's failure stops no other.
        PULUMI_CONTINUE_ON_ERROR: "true",
        PULUMI_SKIP_UPDATE_CHECK: "true",
    };
    const text = `${JSON.stringify(environment, null, 4)}\n`;
    // Tests and other shells may read the file at any time, so it is renamed into place.
    writeFileSync(`${file()}.new`, text, { mode: 0o600 });
    renameSync(`${file()}.new`, file());
    return environment;
}

/**
 * @returns what names Pulumi's backend. Without a backend of the user's, the state is in the project's folder, with an
 * empty passphrase
 */
function backend(ownHome) {
    const ours = pathToFileURL(inRelink("state")).href;
    if (process.env.PULUMI_BACKEND_URL && process.env.PULUMI_BACKEND_URL !== ours) {
        return {};
    }
    const login = usersLoginFolder();
    if (login !== undefined && process.env.PULUMI_BACKEND_URL === undefined) {
        // In a PULUMI_HOME of ours the CLI would not find the user's login.
        return ownHome ? { PULUMI_CREDENTIALS_PATH: login } : {};
    }
    mkdirSync(inRelink("state"), { recursive: true, mode: 0o700 });
    return { PULUMI_BACKEND_URL: ours, PULUMI_CONFIG_PASSPHRASE: "" };
}

/** @returns the environment of the last set-up; undefined before the first */
export function readEnvironment() {
    try {
        return JSON.parse(readFileSync(file(), "utf8"));
    } catch {
        return undefined;
    }
}

/** @returns this process's environment with the given one on top. PATH is prepended, not replaced */
export function applied(environment, base = process.env) {
    const { RELINK_PATH, PATH: _, ...rest } = environment;
    return { ...base, PATH: [RELINK_PATH, pathWithout(RELINK_PATH, base.PATH)].join(delimiter), ...rest };
}

function pathWithout(ahead, path = "") {
    const known = new Set(ahead.split(delimiter));
    return path
        .split(delimiter)
        .filter(folder => !known.has(folder))
        .join(delimiter);
}

/** @returns `export` lines for a POSIX shell */
export function exportLines(environment) {
    const { RELINK_PATH, PATH: _, ...rest } = environment;
    const quoted = value => `'${value.replaceAll("'", "'\\''")}'`;
    return [
        `export PATH=${quoted(RELINK_PATH)}${delimiter}"$PATH"`,
        ...Object.entries(rest).map(([name, value]) => `export ${name}=${quoted(value)}`),
    ].join("\n");
}

/** Path of the project's own Node. */
export const node = join(nodeFolder, "node");
