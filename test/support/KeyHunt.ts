import { createPrivateKey } from "node:crypto";
import { readFolder } from "../../docker/archive";
import { folders } from "../../model/folders";
import type { LiveFront } from "./LiveFront";
import { ProcessWatch, SecretHunt } from "./SecretHunt";
import type { TestStack } from "./stack";

/** Looks for the keys of certificates wherever they could have got to. */
export class KeyHunt {
    readonly #hunt = new SecretHunt();
    readonly #processes = new ProcessWatch(this.#hunt);
    readonly #began = new Date();
    readonly #printed: [string, string][] = [];

    /** @param key PEM (PKCS #8) */
    add(key: string): void {
        const { d = "" } = createPrivateKey(key).export({ format: "jwk" });
        const secret = Buffer.from(d, "base64url");
        // The first line of the PEM of an elliptic key (P-256) ends behind the first 12 bytes.
        this.#hunt.addBytes("key", secret.subarray(0, 12));
        this.#hunt.addBytes("key", secret.subarray(12));
        this.#hunt.add("key", secret.toString("hex"));
        // A whole line, which may have been encoded once more.
        for (const line of key.split("\n").filter(line => line.length === 64)) {
            this.#hunt.add("key", line);
        }
    }

    /** @param hash of a password, as the config has it */
    addHash(hash: string): void {
        for (const part of hash.split("$").filter(part => part.length > 8)) {
            this.#hunt.add("hash", part);
        }
    }

    /** Something that a command has printed. */
    printed(what: string, text: string): void {
        this.#printed.push([what, text]);
    }

    /** @returns whether a text holds a part of a key */
    isIn(text: Buffer | string): boolean {
        return this.#hunt.in(text).length > 0;
    }

    /** @returns each place that holds a part of a key and should not */
    async found(stack: TestStack, front: LiveFront): Promise<string[]> {
        const pulumis = /^\w+ in PULUMI_CONFIG of \S*node (?:--require \S+ )?\S*@pulumi\/pulumi\/cmd\/run/;
        return [
            ...this.#hunt.inAll([...this.#printed, ...(await asked(stack))]),
            ...this.#hunt.inAll(await dockerPlaces(stack, front)),
            ...this.#hunt.below(stack.path, this.#began),
            ...[...this.#processes.found].filter(where => !pulumis.test(where)),
        ];
    }

    end(): void {
        this.#processes.end();
    }
}

/** What is said to those who only look. */
async function asked(stack: TestStack): Promise<[string, string][]> {
    const commands = [
        ["stack", "export"],
        ["stack", "output", "--json"],
        ["stack", "history", "--json"],
        ["config", "--json"],
    ];
    const places: [string, string][] = [];
    for (const command of commands) {
        const { stdout, stderr } = await stack.pulumi(command);
        places.push([command.join(" "), stdout + stderr]);
    }
    for (const command of ["status", "logs"] as const) {
        const { stdout, stderr } = await stack.look(command).result;
        places.push([command, stdout + stderr]);
    }
    return places;
}

/** What Docker shows of the stack, and the files of its volumes but those that hold the certificates and the hashes. */
async function dockerPlaces(stack: TestStack, front: LiveFront): Promise<[string, Buffer | string][]> {
    const { docker } = front.engine;
    const label = [`relink.stack=${stack.name}`];
    const places: [string, Buffer | string][] = [];
    for (const { Id, Names } of await docker.listContainers({ all: true, filters: { label } })) {
        places.push([`inspect of ${Names[0]}`, JSON.stringify(await docker.getContainer(Id).inspect())]);
        places.push([`log of ${Names[0]}`, await docker.getContainer(Id).logs({ stdout: true, stderr: true })]);
    }
    for (const folder of [folders.config, folders.record, "/tmp"]) {
        for (const [path, content] of await readFolder(front.engine, stack.front, folder)) {
            if (!/(^|\/)(certificates\/[^/]+\.(pem|json)|conf\/0[45]-users-[^/]+\.cfg)$/.test(path)) {
                places.push([`${folder}/${path}`, content]);
            }
        }
    }
    return places;
}
