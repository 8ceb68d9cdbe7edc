import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectSuccess } from "../support/command";
import { goldenFile, Normaliser } from "../support/goldenPreview";
import { isFull } from "../support/isFull";
import { LiveFront } from "../support/LiveFront";
import { type CallOptions, createStack, type TestStack } from "../support/stack";

// The preview of the real CLI for each row of the plan table. One stack goes through all of them in order. `vitest -u`
// writes the golden files anew: read them line by line before you commit them.

const token = "s3cret-t0ken-of-the-first-release";
const otherToken = "s3cret-t0ken-of-the-second-release";

let stack: TestStack;
let front: LiveFront;
let golden: Normaliser;

beforeAll(async () => {
    stack = await createStack({
        config: {
            front: { image: "haproxy:3.0" },
            services: { web },
        },
    });
    await setToken(token);
    front = new LiveFront(stack);
    golden = await Normaliser.forHello(stack, front.engine);
});

afterAll(() => stack?.cleanup());

function setToken(value: string): Promise<void> {
    return stack.setSecret('relink:secrets["web.TOKEN"]', value);
}

/** The settings of the service between two tests. */
const web = {
    image: "relink-hello:v1",
    port: 8080,
    env: { LEVEL: "info" },
    secrets: ["TOKEN"],
    health: { path: "/healthz", interval: "500ms" },
    minHealthyTime: "500ms",
};

/** Sets keys of the service for as long as `during` takes. */
async function withSettings(settings: Record<string, unknown>, during: () => Promise<void>): Promise<void> {
    stack.setConfig("services.web", { ...web, ...settings });
    try {
        await during();
    } finally {
        stack.setConfig("services.web", web);
    }
}

async function expectPreview(name: string, options?: CallOptions): Promise<void> {
    for (const output of await golden.expect(name, options)) {
        expect(output).not.toContain(token);
        expect(output).not.toContain(otherToken);
    }
}

/** Runs a preview that must fail, and compares what the user reads. */
async function expectFailure(name: string, options?: { env: Record<string, string> }): Promise<void> {
    const { code, stdout, stderr } = await stack.preview(["--diff"], options);
    expect(code).not.toBe(0);
    await expect(golden.text(stdout, stderr)).toMatchFileSnapshot(goldenFile(`${name}.txt`));
}

describe("before the first up, a preview", () => {
    it("shows the whole front and the first release", () => expectPreview("bootstrap"));

    it("lists every wrong setting in one message", () =>
        withSettings({ imgae: "relink-hello:v2", port: 70000, drainTimeout: 10 }, () =>
            expectFailure("wrong-settings"),
        ));

    it("says which Docker does not answer", async () => {
        stack.setConfig("host", "unix:///nonexistent/docker.sock");
        await expectFailure("no-docker");
        stack.setConfig("host", undefined);
    });

    it("cannot assume a state that was never there", async () => {
        const env = { DOCKER_HOST: "unix:///nonexistent/docker.sock", RELINK_ASSUME: "1" };
        await expectFailure("assumed-without-state", { env });
    });
});

describe("with blue live, a preview", () => {
    beforeAll(async () => {
        expectSuccess(await stack.up());
    });

    it("shows no change if nothing is to be done", () => expectPreview("nothing"));

    it("adopts what runs after Pulumi's state was lost", async () => {
        const find = stack.loseState();
        try {
            expectSuccess(await stack.pulumi(["stack", "init", stack.name]));
            await expectPreview("adopt");
        } finally {
            find();
        }
    });

    it("shows the idle color's release and the link for a new image", () =>
        withSettings({ image: "relink-hello:v2" }, () => expectPreview("release")));

    it("shows the hook of a promotion, and what becomes of the previous color", () =>
        withSettings(
            {
                image: "relink-hello:v2",
                previousColor: "stop",
                hooks: { prePromotion: { command: "curl --fail $RELINK_PREVIEW_URL" } },
            },
            () => expectPreview("release-with-hook"),
        ));

    it("scales the live color in place", () => withSettings({ replicas: 3 }, () => expectPreview("scale")));

    it("shows in which order a rolling release replaces containers", () =>
        withSettings({ image: "relink-hello:v2", replicas: 2, strategy: "rolling" }, () => expectPreview("roll")));

    it("refuses to roll a setting that all containers of a color share", () =>
        withSettings({ port: 9090, strategy: "rolling" }, () => expectPreview("roll-shared")));

    it("shows new routes as the only change", () =>
        withSettings({ hosts: ["shop.example.com", "*.shop.example.com"] }, () => expectPreview("routes")));

    it("warns of an image that neither the registry nor the host has", () =>
        withSettings({ image: "127.0.0.1:1/shop/web:none" }, () => expectPreview("missing-image")));

    it("refuses to pin the link to a color that holds nothing", () =>
        withSettings({ live: "green" }, () => expectPreview("pinned-to-nothing")));

    it("shows a second service without touching the first, and warns of that one's problem alone", async () => {
        stack.setConfig("services.api", {
            image: "relink-hello:v2",
            port: 8080,
            hosts: ["api.example.com"],
            health: { path: "/healthz" },
        });
        await withSettings({ image: "127.0.0.1:1/shop/web:none", default: true }, () =>
            expectPreview("second-service"),
        );
        stack.setConfig("services.api", undefined);
    });

    it("shows a change of the front's settings at the front alone", async () => {
        stack.setConfig("front.timeouts", { client: "60s" });
        await expectPreview("front-timeouts");
        stack.setConfig("front.timeouts", undefined);
    });

    it("refuses to change a setting that was fixed when the front was created", async () => {
        stack.setConfig("front.http.port", 8099);
        await expectFailure("front-fixed");
        stack.setConfig("front.http.port", stack.ports.http);
    });
});

describe("with green live and blue warm, a preview", () => {
    beforeAll(async () => {
        web.image = "relink-hello:v2";
        stack.setConfig("services.web", web);
        expectSuccess(await stack.up());
    });

    it("shows a move of the link as the only change for a return", () =>
        withSettings({ image: "relink-hello:v1" }, () => expectPreview("return")));

    it("shows the one setting that changed with a new release", () =>
        withSettings({ env: { LEVEL: "debug" } }, () => expectPreview("release-of-a-setting")));

    it("shows that a secret changed, but never which", async () => {
        await setToken(otherToken);
        await expectPreview("release-of-a-secret");
        await setToken(token);
    });

    it("shows a move of the link as the only change when it is pinned to blue", () =>
        withSettings({ live: "blue" }, () => expectPreview("pinned")));

    it("names the setting that is not applied while the link is pinned", () =>
        withSettings({ live: "green", image: "relink-hello:v1" }, () => expectPreview("pinned-already")));

    it("goes by Pulumi's state if Docker does not answer and RELINK_ASSUME=1 allows it", async () => {
        const env = { DOCKER_HOST: "unix:///nonexistent/docker.sock", RELINK_ASSUME: "1" };
        await withSettings({ image: "relink-hello:v9", replicas: 2 }, () => expectPreview("assumed-release", { env }));
        if (isFull) {
            await expectPreview("assumed-nothing", { env });
            await withSettings({ image: "relink-hello:v1" }, () => expectPreview("assumed-return", { env }));
        }
    });

    it("is the same with RELINK_ASSUME=1 while Docker answers, and an up refuses the variable", async () => {
        const env = { RELINK_ASSUME: "1" };
        if (isFull) {
            await withSettings({ image: "relink-hello:v1" }, () => expectPreview("return", { env }));
        }
        const { code, stdout, stderr } = await stack.up([], { env });
        expect(code).not.toBe(0);
        expect(stdout + stderr).toMatch(/RELINK_ASSUME=1 is for previews alone.*Nothing was done/);
    });

    it("starts a warm color that somebody stopped, before the link moves to it", async () => {
        await front.stop("web-blue-1");
        await withSettings({ image: "relink-hello:v1" }, () => expectPreview("wake"));
        await front.start("web-blue-1", "web", "blue");
    });

    it("warns of a live container that somebody stopped, and restores it only with driftPolicy: repair", async () => {
        await front.stop("web-green-1");
        await expectPreview("drift-stopped");
        await withSettings({ driftPolicy: "repair" }, () => expectPreview("repair"));
        await front.start("web-green-1", "web", "green");
    });

    it("warns of a link that somebody moved, and changes nothing", async () => {
        await front.linkByHand("web", "blue");
        await expectPreview("drift-link");
        // Do what the message says.
        await front.reload();
        expect((await front.service("web")).live).toBe("green");
    });

    it("refuses a release that was judged bad", async () => {
        const { release = "" } = (await front.record("web")).blue;
        await editRelease(release, { judgedBad: { reason: "it answered 500 to the confirming request" } });
        await withSettings({ image: "relink-hello:v1" }, () => expectPreview("judged-bad"));
        await editRelease(release, { judgedBad: undefined });
    });

    it("links a release that was proved when its up died", async () => {
        const { release = "" } = (await front.record("web")).blue;
        await editRelease(release, { linked: false });
        await withSettings({ image: "relink-hello:v1" }, () => expectPreview("finish-proved"));
        await editRelease(release, { proved: false });
        await withSettings({ image: "relink-hello:v1" }, () => expectPreview("finish"));
        await editRelease(release, { linked: true, proved: true });
    });

    it("waits for the promotion of a proved release, and links it when it is named", async () => {
        const { release = "" } = (await front.record("web")).blue;
        await editRelease(release, { linked: false });
        const proved = { image: "relink-hello:v1", autoPromotion: false };
        await withSettings(proved, () => expectPreview("waiting"));
        await withSettings({ ...proved, promote: release }, () => expectPreview("promoted"));
        await editRelease(release, { linked: true });
    });

    it("finishes an interrupted switch whose target is ready", async () => {
        await openSwitch();
        await withSettings({ image: "relink-hello:v1" }, () => expectPreview("recovery-finish"));
    });

    it("takes back an interrupted switch whose target is not ready", async () => {
        await front.stop("web-blue-1");
        await expectPreview("recovery-undo");
    });
});

async function editRelease(id: string, change: object): Promise<void> {
    await front.editRecord("web", record => ({
        ...record,
        releases: { ...record.releases, [id]: { ...record.releases[id]!, ...change } },
    }));
}

/** Writes the record of an `up` that died between its intent and the switch to blue. */
async function openSwitch(): Promise<void> {
    await front.editRecord("web", record => ({
        ...record,
        intent: { kind: "switch", from: "green", to: "blue", release: record.blue.release ?? "" },
    }));
}
