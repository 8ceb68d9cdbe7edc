import { spawn, spawnSync } from "node:child_process";
import { accessSync, closeSync, constants, openSync, statSync } from "node:fs";
import { constants as osConstants } from "node:os";
import { delimiter, join } from "node:path";
import { inRelink, usersPath } from "./paths.mjs";
import { Problem } from "./problem.mjs";
import { lastLines } from "./step.mjs";

/**
 * Runs a command to its end. Everything that it prints goes to a log.
 *
 * @param logName the log is `.relink/logs/LOGNAME.log`; without `append` it starts empty
 * @param timeoutMs after this time the command is ended, which is a failure (default: 20 minutes)
 * @param signal ends the command early, as a failure (default: none)
 * @param input a file descriptor to read from (default: nothing to read)
 * @param showLog the `step`'s function that takes the log for its progress line
 * @throws Problem with the log's last lines when the command's exit code is not 0
 */
export async function logged(
    command,
    args,
    { logName, append, showLog, cwd, env, timeoutMs = 1_200_000, signal, input },
) {
    const log = inRelink("logs", `${logName}.log`);
    showLog?.(log);
    const output = openSync(log, append ? "a" : "w");
    const stdio = [input ?? "ignore", output, output];
    const options = { cwd, env: env ?? process.env, stdio, timeout: timeoutMs, signal };
    try {
        await new Promise((resolve, reject) => {
            const child = spawn(command, args, options);
            child.on("error", reject);
            child.on("close", (code, signal) => {
                if (code === 0) {
                    resolve();
                    return;
                }
                const end = signal ? `ended by ${signal}` : `exit code ${code}`;
                reject(new Problem(`${command} ${args[0] ?? ""}: ${end}\n${lastLines(log, 15)}\n(all of it: ${log})`));
            });
        });
    } finally {
        closeSync(output);
    }
}

/** @returns what a quick command printed, trimmed; undefined when it failed or does not exist */
export function answer(command, args, { env, cwd, timeoutMs = 10_000 } = {}) {
    const result = spawnSync(command, args, { env: env ?? process.env, cwd, timeout: timeoutMs, encoding: "utf8" });
    return result.status === 0 ? result.stdout.trim() : undefined;
}

/** Runs a command in the foreground, with our terminal as its own, and returns its exit code. */
export function foreground(command, args, { env, cwd }) {
    return new Promise((resolve, reject) => {
        const child = spawn(command, args, { env, cwd, stdio: "inherit" });
        // A terminal sends Ctrl-C to the child too, so we only wait for its end. Other signals reach this process
        // alone, so they are passed on.
        const stay = () => {};
        const passOn = signal => child.kill(signal);
        process.on("SIGINT", stay);
        process.on("SIGTERM", passOn);
        process.on("SIGHUP", passOn);
        child.on("error", reject);
        child.on("close", (code, signal) => {
            process.off("SIGINT", stay);
            process.off("SIGTERM", passOn);
            process.off("SIGHUP", passOn);
            resolve(code ?? 128 + (osConstants.signals[signal] ?? 0));
        });
    });
}

/** @returns path of a command on the user's own PATH, or undefined */
export function which(name, path = usersPath()) {
    return path
        .split(delimiter)
        .map(folder => join(folder, name))
        .find(isExecutable);
}

export function isExecutable(path) {
    try {
        accessSync(path, constants.X_OK);
        return statSync(path).isFile();
    } catch {
        return false;
    }
}
