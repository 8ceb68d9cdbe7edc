import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { beforeAll, describe, expect, it } from "vitest";
import { type ComposeCli, findComposeCli } from "../../../compose/composeCli";
import { fromCompose } from "../../../compose/fromCompose";
import { placeOf } from "../../../settings/Problem";
import { checkSettings } from "../../../settings/parse";
import { context } from "../settings/support";
import { type Case, capturedFile, corpus, folderOf } from "./corpus";

// Whether Docker Compose is on the machine must not change what is released: what it made of each case is recorded, and
// where it is there it is asked again.

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

/** What was recorded, as if Docker Compose had printed it here. */
function replay(example: Case): ComposeCli {
    const text = readFileSync(capturedFile(example), "utf8");
    const { stdout, stderr } = JSON.parse(
        text.replaceAll("FOLDER", folderOf(example)).replaceAll("HOME_OF_USER", homedir()),
    );
    return async () => ({ code: 0, stdout: JSON.stringify(stdout), stderr });
}

describe("A Compose project that relink reads itself", () => {
    it.each(corpus)("is what Docker Compose makes of it: $name", async example => {
        expect(await settingsOf(example, null)).toEqual(await settingsOf(example, replay(example)));
    });
});

describe("A Compose project, read by the Docker Compose on this machine", () => {
    let compose: ComposeCli | undefined;
    beforeAll(async () => {
        compose = await findComposeCli(process.env);
    });

    it.for(corpus)("is what was recorded: $name", async (example, { skip }) => {
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
