import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { beforeAll, describe, expect, it } from "vitest";
import { type ComposeCli, findComposeCli } from "../../../compose/composeCli";
import { fromCompose } from "../../../compose/fromCompose";
import { placeOf } from "../../../settings/Problem";
import { checkSettings } from "../../../settings/parse";
import { context } from "../settings/support";
import { type Case, capturedFile, corpus, folderOf } from "./corpus";

// A release must not depend on whether Docker Compose is on the machine. So each case has a recording of what Docker
// Compose printed, and where it is on the machine the test compares both.

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
    it.each(corpus)("is the same as read by Docker Compose: $name", async example => {
        expect(await settingsOf(example, null)).toEqual(await settingsOf(example, replay(example)));
    });
});

describe("a Compose project that the Docker Compose on this machine reads", () => {
    let compose: ComposeCli | undefined;
    beforeAll(async () => {
        compose = await findComposeCli(process.env);
    });

    it.for(corpus)("is the same as in the recording: $name", async (example, { skip }) => {
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
