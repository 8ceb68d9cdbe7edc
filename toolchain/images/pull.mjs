import { logged } from "../command.mjs";
import { inRelink } from "../paths.mjs";
import { readStamp, writeStamp } from "../stamp.mjs";
import { lastLine, note, step } from "../step.mjs";

const firstAnswerMs = 20_000;
const rememberMs = 24 * 3_600_000;

/**
 * Pulls an image. Whether the Engine reaches a registry is tried for some seconds, and remembered for a day.
 *
 * @returns whether the image was pulled
 */
export async function pullImage(docker, name) {
    const refused = readStamp("no-image-registry", "");
    if (refused !== undefined && Date.now() - refused < rememberMs) {
        return false;
    }
    const logName = `pull-${name.replace(/[^a-z0-9.-]/g, "-")}`;
    try {
        await step(`Pulling ${name}`, async showLog => {
            const silent = new AbortController();
            const log = inRelink("logs", `${logName}.log`);
            const timer = setTimeout(() => lastLine(log) === "" && silent.abort(), firstAnswerMs);
            const options = { logName, showLog, env: docker.env, signal: silent.signal };
            await logged(docker.path, ["pull", name], options).finally(() => clearTimeout(timer));
        });
        return true;
    } catch (error) {
        writeStamp("no-image-registry", "", Date.now());
        const reason = error.name === "AbortError" ? "no answer" : String(error.message).split("\n")[1];
        note(`It cannot be pulled (${reason}): images are built from Debian packages, today without asking again.`);
        return false;
    }
}
