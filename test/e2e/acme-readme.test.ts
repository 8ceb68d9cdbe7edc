import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { said } from "../support/AcmeStack";
import { Pebble } from "../support/Pebble";
import { webStack } from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";
import { tlsVisit } from "../support/tlsVisit";

// What the README says of HTTPS for its own service, word for word.

const readme = readFileSync(resolve(__dirname, "../../README.md"), "utf8");
const host = "shop.example.com";

let stack: TestStack;
let pebble: Pebble;

/** @returns the README's block of commands that has a text */
function commandsWith(text: string): string[] {
    const blocks = [...readme.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block = ""]) => block);
    const found = blocks.filter(block => block.includes(text));
    expect(found).toHaveLength(1);
    return found[0]!.trim().split("\n");
}

beforeAll(async () => {
    stack = await createStack({ config: webStack({ image: "relink-hello:v1", port: 8080 }) });
    said(await stack.up());
    // As `npm run pebble` runs it, on this stack's port and not on the README's.
    pebble = await Pebble.start({ httpPort: stack.ports.http });
    const folder = join(stack.path, ".relink", "pebble");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "ca.pem"), readFileSync(pebble.ca));
});

afterAll(async () => {
    await stack?.cleanup();
    await pebble?.stop();
});

describe("a newcomer", () => {
    it("gets HTTPS for the README's own service by three lines", async () => {
        const commands = commandsWith("relink:front.https.acme.directory ");
        const settings = commands.filter(line => line.startsWith("pulumi config set "));
        expect(settings).toHaveLength(3);
        expect(commands[3]).toBe("pulumi up");
        for (const line of settings) {
            const here = line.replace("https://localhost:14000/dir", pebble.directory);
            said(await stack.shell(`${here} --stack ${stack.name}`));
        }
        said(await stack.up());
        const visit = await tlsVisit(stack.ports.https, { ca: await pebble.root(), serverName: host });
        expect(visit).toMatchObject({ status: 200 });
    });
});
