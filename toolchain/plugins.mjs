import { chmodSync, copyFileSync, mkdirSync, readFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { isExecutable, logged } from "./command.mjs";
import { vendorIsReachable } from "./download.mjs";
import { ensureGoProgram } from "./goModule.mjs";
import { binFolder, root } from "./paths.mjs";
import { ourHome, usersHome } from "./pulumiHome.mjs";
import { note, step } from "./step.mjs";

const builtPlugin = join(binFolder, "relink-plugin");

/**
 * Makes sure that the CLI finds the plugins `docker` and `command` in the versions of their npm packages. They are the
 * vendor's, where those are installed or can be downloaded. Else a small plugin of ours takes their names.
 *
 * @param cli what `ensurePulumiCli` returned
 * @returns whether ours are used, so that PULUMI_HOME must be ours
 */
export async function ensurePlugins(cli) {
    const plugins = ["docker", "command"].map(wantedPlugin);
    const installedIn = folder => plugins.every(plugin => isExecutable(pluginPath(folder, plugin)));
    const folder = cli.ours ? ourHome() : usersHome();
    const isBuilt = isExecutable(builtPlugin);
    if (installedIn(folder) && !(cli.ours && isBuilt)) {
        return cli.ours;
    }
    if (!isBuilt && (await vendorIsReachable())) {
        await step("Installing the Pulumi plugins docker and command", showLog =>
            installVendors(cli, plugins, folder, showLog),
        );
        if (installedIn(folder)) {
            return cli.ours;
        }
        note("The plugins' download did not work; a small plugin is built instead.");
    }
    await buildPlugins(plugins);
    return true;
}

function wantedPlugin(name) {
    const file = join(root, "node_modules", "@pulumi", name, "package.json");
    return { name, version: JSON.parse(readFileSync(file, "utf8")).pulumi.version };
}

function pluginPath(pulumiHome, { name, version }) {
    return join(pulumiHome, "plugins", `resource-${name}-v${version}`, `pulumi-resource-${name}`);
}

async function installVendors(cli, plugins, pulumiHome, showLog) {
    for (const { name, version } of plugins) {
        const options = { logName: `plugin-${name}`, showLog, timeoutMs: 300_000 };
        const env = { ...process.env, PULUMI_HOME: pulumiHome, PULUMI_SKIP_UPDATE_CHECK: "true" };
        const args = ["plugin", "install", "resource", name, version];
        await logged(cli.path, args, { ...options, env }).catch(error => note(error.message));
    }
}

async function buildPlugins(plugins) {
    mkdirSync(binFolder, { recursive: true });
    await ensureGoProgram({
        title: "Building the plugin for docker and command (the vendor's cannot be downloaded)",
        module: "plugin",
        packageName: ".",
        output: builtPlugin,
    });
    for (const plugin of plugins) {
        install(builtPlugin, pluginPath(ourHome(), plugin));
    }
}

/** Puts the binary in a plugin's place. One binary is both plugins: the name under which it starts says which. */
function install(binary, path) {
    if (isExecutable(path) && statSync(path).mtimeMs >= statSync(binary).mtimeMs) {
        return;
    }
    mkdirSync(join(path, ".."), { recursive: true });
    // Renamed into place, so that a plugin that runs now keeps its file.
    copyFileSync(binary, `${path}.new`);
    chmodSync(`${path}.new`, 0o755);
    renameSync(`${path}.new`, path);
}
