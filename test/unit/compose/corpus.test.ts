import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { beforeAll, describe, expect, it } from "vitest";
import { type ComposeCli, findComposeCli } from "../../../compose/composeCli";
import { fromCompose } from "../../../compose/fromCompose";
import { placeOf } from "../../../settings/Problem";
import { checkSettings } from "../../../settings/parse";
import { context } from "../settings/support";
import { type Case, capturedFile, corpus, folderOf } from "./corpus";

// A release must not depend on whether the machine has Docker Compose. So each case has a recording of Docker Compose's
// output. On a machine with Docker Compose the test also compares the recording with it.

async function settingsOf(example: Case, cli: ComposeCli | null): Promise<unknown> {
    const { files, envFile = [], services = ["web"] } = example;
    const all = services.map((name, index) => [
        name,
        { compose: { files, envFile }, hosts: [`${name}.test`], ...(index > 0 && { port: 80 }) },
    ]);
    const env = { PATH: process.env.PATH, HOME: homedir(), ...example.env };
    const raw = { services: Object.fromEntries(all) };
    const composed = await fromCompose(raw, { folder: folderOf(example), env, cli });
    const { settings, problems = [] } = checkSettings(composed.raw, context);
    expect([...composed.problems, ...problems].map(problem => `${placeOf(problem)}: ${problem.message}`)).toEqual([]);
    return { services: settings?.services, warnings: composed.warnings };
}

/** @returns a Docker Compose that prints the recording of a case */
function replay(example: Case): ComposeCli {
    const text = readFileSync(capturedFile(example), "utf8");
    const { stdout, stderr } = JSON.parse(
        text.replaceAll("FOLDER", folderOf(example)).replaceAll("HOME_OF_USER", homedir()),
    );
    return async () => ({ code: 0, stdout: JSON.stringify(stdout), stderr });
}

describe("a Compose project that relink reads itself", () => {
    it.each(corpus)("has the same settings as read by Docker Compose: $name", async example => {
        expect(await settingsOf(example, null)).toEqual(await settingsOf(example, replay(example)));
    });
});

describe("a Compose project that the Docker Compose on this machine reads", () => {
    let compose: ComposeCli | undefined;
    beforeAll(async () => {
        compose = await findComposeCli(process.env);
    });

    it.for(corpus)("has the same settings as in the recording: $name", async (example, { skip }) => {
        skip(compose === undefined, "there is no Docker Compose");
        const recording: ComposeCli = async (args, env) => {
            const output = await compose!(args, env);
            if (process.env.RELINK_RECORD === "1" || !existsSync(capturedFile(example))) {
                const kept = { stdout: JSON.parse(output.stdout), stderr: output.stderr.replace(/time="[^"]*" /g, "") };
                const text = JSON.stringify(kept, null, 4)
                    .replaceAll(folderOf(example), "FOLDER")
                    .replaceAll(homedir(), "HOME_OF_USER");
                writeFileSync(capturedFile(example), `${text}\n`);
            }
            return output;
        };
        expect(await settingsOf(example, recording)).toEqual(await settingsOf(example, replay(example)));
    });
});
