import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Credentials } from "../../../docker/credentials";
import { ImageReference } from "../../../model/ImageReference";

const { parse } = ImageReference;

const hub = "https://index.docker.io/v1/";

describe("Credentials", () => {
    let folder: string;
    let env: NodeJS.ProcessEnv;
    beforeEach(() => {
        folder = mkdtempSync(join(tmpdir(), "relink-docker-config-"));
        env = { DOCKER_CONFIG: folder, PATH: `${folder}:${process.env.PATH}` };
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    const write = (config: object) => writeFileSync(join(folder, "config.json"), JSON.stringify(config));
    const base64 = (text: string) => Buffer.from(text).toString("base64");

    /** Adds a credential helper that notes the servers that it was asked for. */
    function addHelper(name: string, script: string): void {
        const path = join(folder, `docker-credential-${name}`);
        writeFileSync(path, `#!/bin/sh\nread server\n${script}\n`);
        chmodSync(path, 0o755);
    }

    it("has none if nothing is configured", async () => {
        expect(await (await Credentials.load([], env)).forImage(parse("nginx"))).toBeUndefined();
    });

    it("prefers those of relink:registries to the Docker CLI's", async () => {
        write({ auths: { "r.example:5000": { auth: base64("cli:two") } } });
        const own = [{ address: "r.example:5000", username: "own", password: "one" }];
        expect(await (await Credentials.load(own, env)).forImage(parse("r.example:5000/web"))).toEqual({
            username: "own",
            password: "one",
            serveraddress: "r.example:5000",
        });
    });

    it("sends each login of relink:registries to its own registry, and none to any other", async () => {
        const own = ["one", "two"].map(name => ({ address: `${name}.example`, username: name, password: "p" }));
        const credentials = await Credentials.load(own, env);
        expect(await credentials.forImage(parse("two.example/web"))).toMatchObject({ username: "two" });
        expect(await credentials.forImage(parse("three.example/web"))).toBeUndefined();
        expect(await credentials.forImage(parse("nginx"))).toBeUndefined();
    });

    it("reads the config file with every spelling of a registry, and passwords with colons", async () => {
        write({
            auths: {
                [hub]: { auth: base64("hub:a:b") },
                "https://r.example/v2/": { auth: base64("me:pw") },
                "t.example": { identitytoken: "tok" },
            },
        });
        const credentials = await Credentials.load([], env);
        expect(await credentials.forImage(parse("nginx"))).toEqual({
            username: "hub",
            password: "a:b",
            serveraddress: hub,
        });
        expect(await credentials.forImage(parse("r.example/x"))).toMatchObject({ username: "me", password: "pw" });
        expect(await credentials.forImage(parse("t.example/x"))).toEqual({
            identitytoken: "tok",
            serveraddress: "t.example",
        });
        expect(await credentials.forImage(parse("other.example/x"))).toBeUndefined();
    });

    it("asks the registry's own helper, else the store, else the file", async () => {
        addHelper("special", 'echo "{\\"Username\\": \\"s\\", \\"Secret\\": \\"for $server\\"}"');
        addHelper(
            "store",
            'case $server in t.example) echo "{\\"Username\\": \\"<token>\\", \\"Secret\\": \\"tok\\"}";; *) echo "credentials not found in native keychain"; exit 1;; esac',
        );
        write({
            credHelpers: { "s.example": "special" },
            credsStore: "store",
            auths: { "f.example": { auth: base64("file:pw") }, "t.example": {} },
        });
        const credentials = await Credentials.load([], env);
        expect(await credentials.forImage(parse("s.example/x"))).toMatchObject({
            username: "s",
            password: "for s.example",
        });
        expect(await credentials.forImage(parse("t.example/x"))).toEqual({
            identitytoken: "tok",
            serveraddress: "t.example",
        });
        expect(await credentials.forImage(parse("f.example/x"))).toMatchObject({ username: "file" });
        expect(await credentials.forImage(parse("u.example/x"))).toBeUndefined();
    });

    it("asks a helper once for one registry", async () => {
        addHelper("once", `echo x >> ${folder}/asked; echo '{"Username": "u", "Secret": "p"}'`);
        write({ credsStore: "once" });
        const credentials = await Credentials.load([], env);
        const asked = ["r.example/a", "r.example/b"].map(image => credentials.forImage(parse(image)));
        expect(await Promise.all(asked)).toMatchObject([{ username: "u" }, { username: "u" }]);
        expect(readFileSync(join(folder, "asked"), "utf8")).toBe("x\n");
    });

    it("names a helper that is missing or failed, and reports a broken config file", async () => {
        write({ credsStore: "no-such" });
        const timers = () => process.getActiveResourcesInfo().filter(name => name === "Timeout").length;
        const before = timers();
        await expect((await Credentials.load([], env)).forImage(parse("nginx"))).rejects.toThrow(
            /docker-credential-no-such/,
        );
        // A timer that is left would delay the end of the command.
        expect(timers()).toBeLessThanOrEqual(before);
        addHelper("broken", "echo locked >&2; exit 1");
        write({ credsStore: "broken" });
        await expect((await Credentials.load([], env)).forImage(parse("nginx"))).rejects.toThrow(
            /broken failed .*locked/,
        );
        writeFileSync(join(folder, "config.json"), "{");
        await expect(Credentials.load([], env)).rejects.toThrow(/config.json cannot be read/);
    });
});
