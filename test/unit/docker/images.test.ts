import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Credentials } from "../../../docker/credentials";
import { pullImage, resolveImage } from "../../../docker/images";
import { PullProgress } from "../../../docker/PullProgress";
import { refusalOf } from "../../../docker/refusals";
import { ImageReference } from "../../../model/ImageReference";
import { FakeEngine } from "./FakeEngine";

describe("a pull", () => {
    let fake: FakeEngine;
    afterEach(() => fake.close());

    it("is of the planned digest, although the tag may have moved", async () => {
        const digest = `sha256:${"1".repeat(64)}`;
        let looks = 0;
        fake = await FakeEngine.start(({ method }) =>
            method === "POST" ? [200, { status: "done" }] : looks++ === 0 ? undefined : [200, { Id: "sha256:2" }],
        );
        const image = { reference: ImageReference.parse("r.example/web:v1"), digest, source: "registry" as const };
        const credentials = await Credentials.load([], { DOCKER_CONFIG: "/nowhere" });
        expect(await pullImage(fake.engine, image, credentials)).toEqual({ id: "sha256:2", pulled: true });
        const pulled = fake.calls.find(({ path }) => path === "/images/create")!.query;
        expect(`${pulled.get("fromImage")}@${pulled.get("tag")}`).toBe(`r.example/web@${digest}`);
    });

    // With the containerd image store, the id of every image is the digest of its manifest.
    const gone = {
        reference: ImageReference.parse("r.example/web:v1"),
        digest: `sha256:${"1".repeat(64)}`,
        imageId: `sha256:${"1".repeat(64)}`,
    };

    it.each([
        ["from a registry", "registry"],
        ["whose origin an earlier version did not record", undefined],
    ] as const)("is tried by digest for an image %s", async (_, source) => {
        fake = await FakeEngine.start(({ method }) =>
            method === "POST" ? [404, { message: "not found" }] : undefined,
        );
        const credentials = await Credentials.load([], { DOCKER_CONFIG: "/nowhere" });
        await expect(pullImage(fake.engine, { ...gone, source }, credentials)).rejects.toThrow(
            "The registry r.example has no image",
        );
        expect(fake.calls.find(({ method }) => method === "POST")!.query.get("tag")).toBe(gone.digest);
    });

    it("is not tried for an image that only the Docker host had", async () => {
        fake = await FakeEngine.start(() => undefined);
        const credentials = await Credentials.load([], { DOCKER_CONFIG: "/nowhere" });
        await expect(pullImage(fake.engine, { ...gone, source: "local" }, credentials)).rejects.toThrow(
            `The image r.example/web:v1 (${gone.imageId}) was only on the Docker host`,
        );
        expect(fake.calls.filter(({ method }) => method === "POST")).toEqual([]);
    });
});

describe("a credential helper that fails", () => {
    const reference = ImageReference.parse("r.example/web:v1");
    const digest = `sha256:${"1".repeat(64)}`;
    let folder: string;
    let fake: FakeEngine;
    let credentials: Credentials;
    beforeEach(async () => {
        folder = mkdtempSync(join(tmpdir(), "relink-docker-config-"));
        const helper = join(folder, "docker-credential-expired");
        writeFileSync(helper, "#!/bin/sh\necho the session has expired >&2; exit 1\n", { mode: 0o755 });
        writeFileSync(join(folder, "config.json"), '{"credsStore":"expired"}');
        credentials = await Credentials.load([], { DOCKER_CONFIG: folder, PATH: `${folder}:${process.env.PATH}` });
    });
    afterEach(async () => {
        await fake.close();
        rmSync(folder, { recursive: true });
    });

    it("does not prevent a public image, because the registry is asked without a login, as by Docker's CLI", async () => {
        fake = await FakeEngine.start(({ method, path }) =>
            method === "POST"
                ? [200, { status: "done" }]
                : path.startsWith("/distribution/")
                  ? [200, { Descriptor: { digest } }]
                  : fake.calls.some(({ method }) => method === "POST")
                    ? [200, { Id: "sha256:2" }]
                    : undefined,
        );
        const resolved = await resolveImage(fake.engine, reference, credentials);
        expect(resolved).toMatchObject({ digest, source: "registry" });
        expect(resolved.warning).toBeUndefined();
        expect(await pullImage(fake.engine, resolved, credentials)).toEqual({ id: "sha256:2", pulled: true });
    });

    it("is named if the registry denies access", async () => {
        fake = await FakeEngine.start(({ method, path }) =>
            method === "POST" || path.startsWith("/distribution/") ? [401, { message: "unauthorized" }] : undefined,
        );
        const named = expect.stringMatching(
            /the session has expired\. Log in there again .* The registry says: unauthorized/,
        );
        await expect(resolveImage(fake.engine, reference, credentials)).rejects.toMatchObject({
            reason: "denied",
            message: named,
            refused: expect.stringMatching(
                /^There is no login for the registry r\.example \(.*the session has expired\)\.$/,
            ),
        });
        await expect(pullImage(fake.engine, { reference, digest }, credentials)).rejects.toMatchObject({
            reason: "denied",
            message: named,
        });
    });

    it("is not named if the registry has another reason", async () => {
        fake = await FakeEngine.start(({ path }) =>
            path.startsWith("/distribution/") ? [404, { message: "manifest unknown" }] : undefined,
        );
        await expect(resolveImage(fake.engine, reference, credentials)).rejects.toMatchObject({
            reason: "missing",
            message: expect.not.stringContaining("session"),
        });
    });
});

describe("a registry's refusal", () => {
    const answer = (message: string, statusCode = 500) =>
        Object.assign(new Error(message), { statusCode, json: { message } });

    it.each([
        ["Get https://r.example/v2/: unauthorized: authentication required", "denied"],
        [
            "errors:\ndenied: requested access to the resource is denied\nunauthorized: authentication required",
            "denied",
        ],
        ["no basic auth credentials", "denied"],
        ["manifest unknown: manifest unknown", "missing"],
        ["manifest for web:9 not found: manifest unknown", "missing"],
        ["Get https://r.example/v2/: dial tcp: lookup r.example: no such host", "unreachable"],
        ["Get http://127.0.0.1:1/v2/: dial tcp 127.0.0.1:1: connect: connection refused", "unreachable"],
        ["context deadline exceeded", "unreachable"],
        ["received unexpected HTTP status: 502 Bad Gateway", "unreachable"],
        // A reverse proxy whose registry is down: Docker 20.10, Docker 28.5.
        [
            "error parsing HTTP 404 response body: invalid character 'p' after top-level value: \"404 page not found\\n\"",
            "unreachable",
        ],
        ["unknown: 404 page not found", "unreachable"],
        ["unknown: <html><head><title>404 Not Found</title></head><body>nginx</body></html>", "unreachable"],
        ['failed to resolve reference "r.example/web:9": r.example/web:9: not found', "missing"],
        ["invalid reference format", "other"],
    ])("%j is sorted as %s", (message, reason) => {
        expect(refusalOf(answer(message))).toEqual({ reason, words: message });
    });
});

describe("PullProgress", () => {
    it("reports the layers and bytes that are pulled, at most once a second", () => {
        let now = 10_000;
        const lines: string[] = [];
        const progress = new PullProgress(
            "shop/web",
            line => lines.push(line),
            () => now,
        );
        progress.take({ id: "v1", status: "Pulling from shop/web" });
        progress.take({ id: "a", status: "Already exists" });
        progress.take({ id: "b", status: "Downloading", progressDetail: { current: 1_000_000, total: 4_000_000 } });
        now += 999;
        progress.take({ id: "b", status: "Downloading", progressDetail: { current: 2_000_000, total: 4_000_000 } });
        now += 1;
        progress.take({ id: "b", status: "Downloading", progressDetail: { current: 3_000_000, total: 4_000_000 } });
        now += 1_000;
        progress.take({ id: "b", status: "Pull complete" });
        expect(lines).toEqual([
            "pulling shop/web: 1 of 1 layers",
            "pulling shop/web: 1 of 2 layers, 3.0 of 4.0 MB",
            "pulling shop/web: 2 of 2 layers, 4.0 of 4.0 MB",
        ]);
    });
});
