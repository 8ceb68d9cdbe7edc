import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Engine } from "../../../docker/Engine";
import { dangerOf, dockerCommand, findEngineAddress, formatEngineAddress } from "../../../docker/EngineAddress";
import { DockerUnreachable } from "../../../docker/errors";

describe("the Engine's address", () => {
    let home: string;
    beforeEach(() => {
        home = mkdtempSync(join(tmpdir(), "relink-home-"));
    });
    afterEach(() => rmSync(home, { recursive: true }));

    function addContext(name: string, host: string): void {
        const hash = createHash("sha256").update(name).digest("hex");
        const folder = join(home, ".docker", "contexts", "meta", hash);
        mkdirSync(folder, { recursive: true });
        writeFileSync(join(folder, "meta.json"), JSON.stringify({ Name: name, Endpoints: { docker: { Host: host } } }));
        writeFileSync(join(home, ".docker", "config.json"), JSON.stringify({ currentContext: name }));
    }

    it("is the default socket if nothing names another", () => {
        expect(formatEngineAddress(findEngineAddress(undefined, { HOME: home }))).toBe("unix:///var/run/docker.sock");
    });

    it("is the one of the settings, else of DOCKER_HOST, else of the current context", () => {
        addContext("remote", "tcp://10.0.0.1:2375");
        const env = { HOME: home };
        expect(findEngineAddress(undefined, env)).toMatchObject({ kind: "tcp", host: "10.0.0.1", port: 2375 });
        const withHost = { ...env, DOCKER_HOST: "unix:///tmp/d.sock" };
        expect(findEngineAddress(undefined, withHost)).toMatchObject({
            socketPath: "/tmp/d.sock",
            source: "DOCKER_HOST",
        });
        expect(findEngineAddress("tcp://h:1", withHost)).toMatchObject({ host: "h", port: 1, source: "relink:host" });
    });

    it("uses TLS and its port if DOCKER_TLS_VERIFY is set", () => {
        const folder = join(home, "certs");
        mkdirSync(folder);
        writeFileSync(join(folder, "ca.pem"), "authority");
        const env = { HOME: home, DOCKER_HOST: "tcp://box", DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: folder };
        expect(findEngineAddress(undefined, env)).toMatchObject({
            port: 2376,
            tls: { ca: Buffer.from("authority"), verify: true },
        });
        expect(findEngineAddress(undefined, { HOME: home, DOCKER_HOST: "tcp://box" })).toMatchObject({ port: 2375 });
    });

    it("is named to the Docker CLI if it comes from the settings, which the CLI does not know", () => {
        const command = (host?: string, env = {}) => dockerCommand(findEngineAddress(host, { HOME: home, ...env }));
        expect(command()).toBe("docker");
        expect(command(undefined, { DOCKER_HOST: "tcp://10.0.0.1:2375" })).toBe("docker");
        addContext("remote", "tcp://10.0.0.1:2375");
        expect(command()).toBe("docker");
        expect(command("10.0.0.1")).toBe("docker -H tcp://10.0.0.1:2375");
        expect(command("/tmp/d.sock")).toBe("docker -H unix:///tmp/d.sock");
        expect(command("unix:///tmp/it's.sock")).toBe("docker -H 'unix:///tmp/it'\\''s.sock'");
        expect(command("tcp://[fd00::7]")).toBe("docker -H 'tcp://[fd00::7]:2375'");
    });

    it("is called dangerous if others can read the connection", () => {
        const danger = (host: string, env = {}) => dangerOf(findEngineAddress(host, { HOME: home, ...env }));
        expect(danger("tcp://10.0.0.1:2375")).toMatch(/tcp:\/\/10.0.0.1:2375 .*without TLS.*DOCKER_TLS_VERIFY/);
        expect(danger("tcp://[fd00::7]:2375")).toContain("tcp://[fd00::7]:2375");
        for (const host of ["unix:///tmp/d.sock", "tcp://127.0.0.1:2375", "tcp://localhost:2375", "tcp://[::1]:2375"]) {
            expect(danger(host), host).toBeUndefined();
        }
        expect(danger("tcp://10.0.0.1:2376", { DOCKER_TLS_VERIFY: "1" })).toBeUndefined();
    });

    it("is refused if it is of an unknown kind, and the error names one that works", () => {
        expect(() => findEngineAddress("ssh://user@box", {})).toThrow(/unix:\/\/.* or tcp:\/\/.*ssh -nNT -L/);
        expect(() => findEngineAddress("ftp://box", {})).toThrow(DockerUnreachable);
        expect(() => findEngineAddress(undefined, { HOME: home, DOCKER_CONTEXT: "none" })).toThrow(
            /docker context use/,
        );
    });

    it("has the host at which published ports are reachable", () => {
        expect(Engine.connect("unix:///x")).toMatchObject({ isLocal: true, publishHost: "127.0.0.1" });
        expect(Engine.connect("tcp://box:2375")).toMatchObject({ isLocal: false, publishHost: "box" });
    });
});
