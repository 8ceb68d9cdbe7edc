/**
 * `npm run pebble -- [--http-port PORT]`: runs an ACME server for tries on this machine until Ctrl-C. Each name leads to 127.0.0.1,
 * where it asks that port for the answers to its challenges: the README's own, 8000, by default.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { Pebble } from "../Pebble";

const folder = resolve(__dirname, "../../../.relink/pebble");
const ports = { http: 14_000, https: 15_000, preview: 14_053, metrics: 14_055 };

async function main(): Promise<void> {
    const { values } = parseArgs({ options: { "http-port": { type: "string", default: "8000" } } });
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const pebble = await Pebble.start({ httpPort: Number(values["http-port"]), ports, folder });
    writeFileSync(join(folder, "root.pem"), await pebble.root());
    console.log(`An ACME server answers on ${pebble.directory} until Ctrl-C. It forgets everything then.
    .relink/pebble/ca.pem    for front.https.acme.directoryCa
    .relink/pebble/root.pem  for clients: curl --cacert`);
    await new Promise(done => {
        process.once("SIGINT", done);
        process.once("SIGTERM", done);
    });
    await pebble.down();
}

main().catch(error => {
    console.error(`\nrelink: ${(error as Error).message}`);
    process.exitCode = 1;
});
