import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../docker/Engine";
import { expectSuccess } from "../support/command";
import { OpenWebSocket, openStream } from "../support/longRequests";
import {
    containersOf,
    haproxyImage,
    lifeOf,
    oneAfterTheOther,
    outputsOf,
    underLoad,
    webStack,
    withoutWebSockets,
} from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";
import { everythingNamedAfter } from "../support/sweep";

// One stack goes through the life of a service; the order matters.
let stack: TestStack;
const webSockets: OpenWebSocket[] = [];

beforeAll(async () => {
    stack = await createStack({ config: webStack() });
});

afterAll(async () => {
    for (const webSocket of webSockets) {
        webSocket.end();
    }
    await stack?.cleanup();
});

describe("A web service, released by pulumi up under load", () => {
    oneAfterTheOther();

    it("answers from blue after its first release", async () => {
        const { stdout } = expectSuccess(await stack.up());
        expect(stdout).toContain("first release: blue gets relink-hello:v1");
        const load = await underLoad("first release", stack, async load => {
            await load.until(({ answered }) => answered >= 1000, "blue answers for a while");
        });
        expect(Object.keys(load.byVersion)).toEqual(["v1"]);
        expect(await outputsOf(stack)).toMatchObject({ live: "blue", stable: "blue" });
    });

    it("is released on green, which takes over, and open requests on blue are not cut", async () => {
        const blue = await lifeOf(stack, "blue");
        const webSocket = await OpenWebSocket.open(stack.url);
        webSockets.push(webSocket);
        const stream = await openStream(stack.url, 30);
        expect(stream.version).toBe("v1");
        stack.setConfig("services.web.image", "relink-hello:v2");
        const load = await underLoad("release", stack, async load => {
            expectSuccess(await stack.up());
            await load.until(({ byVersion }) => (byVersion.v2?.requests ?? 0) >= 100, "v2 answers");
        });
        expect(Object.keys(load.byVersion).sort()).toEqual(["v1", "v2"]);
        expect(await lifeOf(stack, "blue")).toEqual(blue);
        expect(await outputsOf(stack)).toMatchObject({ live: "green", blue: { state: "running" } });
        expect((await stream.body).trimEnd().split("\n")).toHaveLength(300);
        expect(await webSocket.echo()).toBe("v1");
        webSocket.end();
    });

    it("returns by a move of the link, and no container is touched", async () => {
        const before = [await lifeOf(stack, "blue"), await lifeOf(stack, "green")];
        stack.setConfig("services.web.image", "relink-hello:v1");
        const load = await underLoad("return", stack, async load => {
            const { stdout } = expectSuccess(await stack.up());
            expect(stdout).toContain("only the link moves green => blue");
            await load.until(({ byVersion }) => (byVersion.v1?.requests ?? 0) >= 100, "v1 answers");
        });
        expect(Object.keys(load.byVersion).sort()).toEqual(["v1", "v2"]);
        expect([await lifeOf(stack, "blue"), await lifeOf(stack, "green")]).toEqual(before);
        expect(await outputsOf(stack)).toMatchObject({ live: "blue" });
    });

    it("is scaled up in place on the live color", async () => {
        const before = [await lifeOf(stack, "blue"), await lifeOf(stack, "green")] as const;
        stack.setConfig("services.web.replicas", 4);
        const load = await underLoad("scale up", stack, async () => {
            expectSuccess(await stack.up());
        });
        expect(Object.keys(load.byVersion)).toEqual(["v1"]);
        const after = await lifeOf(stack, "blue");
        expect(after).toHaveLength(4);
        expect(after).toEqual(expect.arrayContaining(before[0]));
        expect(await lifeOf(stack, "green")).toEqual(before[1]);
        await everySlotAnswers(4);
    });

    it("is scaled down after the surplus containers are drained", async () => {
        const before = await lifeOf(stack, "blue");
        stack.setConfig("services.web.replicas", 1);
        const mix = withoutWebSockets;
        const load = await underLoad(
            "scale down",
            stack,
            async () => {
                expectSuccess(await stack.up());
            },
            { mix },
        );
        expect(Object.keys(load.byVersion)).toEqual(["v1"]);
        expect(await lifeOf(stack, "blue")).toEqual(before.slice(0, 1));
        expect(await lifeOf(stack, "green")).toHaveLength(2);
        expect(await outputsOf(stack)).toMatchObject({ live: "blue", blue: { replicas: 1 } });
    });

    it("is linked to green by live: green, and the setting image is not applied", async () => {
        const before = [await lifeOf(stack, "blue"), await lifeOf(stack, "green")];
        stack.setConfig("services.web.replicas", 2);
        stack.setConfig("services.web.live", "green");
        const load = await underLoad("live: green", stack, async load => {
            const { stdout } = expectSuccess(await stack.up());
            expect(stdout).toContain("image relink-hello:v1 is not applied");
            await load.until(({ byVersion }) => (byVersion.v2?.requests ?? 0) >= 100, "v2 answers");
        });
        expect(Object.keys(load.byVersion).sort()).toEqual(["v1", "v2"]);
        expect([await lifeOf(stack, "blue"), await lifeOf(stack, "green")]).toEqual(before);
        expect(await outputsOf(stack)).toMatchObject({ live: "green", pinned: "green" });
        stack.setConfig("services.web.live", undefined);
    });

    it("has its old color drained and stopped by previousColor: stop", async () => {
        // green serves v2; blue has one replica of v1 and needs a second one first.
        stack.setConfig("services.web.previousColor", "stop");
        const load = await underLoad(
            "previousColor: stop",
            stack,
            async load => {
                expectSuccess(await stack.up());
                await load.until(({ byVersion }) => (byVersion.v1?.requests ?? 0) >= 100, "v1 answers");
            },
            { mix: withoutWebSockets },
        );
        expect(load.streams.cut).toBe(0);
        expect((await containersOf(stack, "blue")).map(({ state }) => state)).toEqual(["running", "running"]);
        const green = await containersOf(stack, "green");
        expect(green.map(({ state, exitCode, restartPolicy }) => ({ state, exitCode, restartPolicy }))).toEqual([
            { state: "exited", exitCode: 0, restartPolicy: "no" },
            { state: "exited", exitCode: 0, restartPolicy: "no" },
        ]);
        expect(await outputsOf(stack)).toMatchObject({ live: "blue", green: { state: "stopped" } });
    });

    it("returns to a stopped color after that is started and proved", async () => {
        const green = (await containersOf(stack, "green")).map(({ id }) => id);
        stack.setConfig("services.web.image", "relink-hello:v2");
        stack.setConfig("services.web.previousColor", "remove");
        const load = await underLoad(
            "return to a stopped color, previousColor: remove",
            stack,
            async load => {
                expectSuccess(await stack.up());
                await load.until(({ byVersion }) => (byVersion.v2?.requests ?? 0) >= 100, "v2 answers");
            },
            { mix: withoutWebSockets },
        );
        expect(load.streams.cut).toBe(0);
        const after = await containersOf(stack, "green");
        expect(after.map(({ id }) => id)).toEqual(green);
        expect(after.map(({ restartPolicy }) => restartPolicy)).toEqual(["always", "always"]);
        expect(await containersOf(stack, "blue")).toEqual([]);
        expect(await outputsOf(stack)).toMatchObject({ live: "green" });
    });

    it("is released on a color that was removed", async () => {
        stack.setConfig("services.web.image", "relink-hello:v1");
        stack.setConfig("services.web.previousColor", "keep");
        await underLoad("release into a removed color", stack, async load => {
            expectSuccess(await stack.up());
            await load.until(({ byVersion }) => (byVersion.v1?.requests ?? 0) >= 100, "v1 answers");
        });
        expect(await containersOf(stack, "blue")).toHaveLength(2);
        expect(await containersOf(stack, "green")).toHaveLength(2);
        expect(await outputsOf(stack)).toMatchObject({ live: "blue" });
    });

    it("is drained and removed by destroy, which removes nothing that relink did not make", async () => {
        const strangers = await plantStrangers();
        const stream = await openStream(stack.url, 5);
        try {
            expectSuccess(await stack.destroy());
            expect((await stream.body).trimEnd().split("\n")).toHaveLength(50);
            expect(await everythingNamedAfter(stack.front)).toEqual(strangers.names);
        } finally {
            await strangers.remove();
        }
        expect(await everythingNamedAfter(stack.front)).toEqual([]);
    });
});

/** Makes a container, a network and a volume with nearly this stack's name and labels. */
async function plantStrangers(): Promise<{ names: string[]; remove(): Promise<void> }> {
    const { docker } = Engine.connect();
    const labels: Record<string, string>[] = [
        {
            "relink.project": "relink",
            "relink.stack": `${stack.name}2`,
            "relink.service": "web",
            "relink.color": "blue",
        },
        { "relink.project": "relink2", "relink.stack": stack.name, "relink.front": stack.front },
    ];
    const names = labels.flatMap((_, index) =>
        ["container", "network", "volume"].map(kind => `${stack.front}-stranger-${kind}-${index}`),
    );
    const remove = async (): Promise<void> => {
        for (const name of names) {
            const stranger = name.includes("-container-")
                ? docker.getContainer(name).remove({ force: true })
                : name.includes("-network-")
                  ? docker.getNetwork(name).remove()
                  : docker.getVolume(name).remove();
            await stranger.catch(() => {}); // a test that failed may not have made it
        }
    };
    for (const [index, Labels] of labels.entries()) {
        const name = (kind: string) => `${stack.front}-stranger-${kind}-${index}`;
        await docker.createContainer({
            name: name("container"),
            Image: haproxyImage,
            Entrypoint: ["sleep", "infinity"],
            Labels,
        });
        await docker.createNetwork({ Name: name("network"), Labels });
        await docker.createVolume({ Name: name("volume"), Labels });
    }
    return { names: names.sort(), remove };
}

/** Expects that each container of the live color gets users' requests. */
async function everySlotAnswers(replicas: number): Promise<void> {
    const hosts = new Set<string>();
    for (let request = 0; request < replicas * 10; request += 1) {
        const response = await fetch(stack.url, { headers: { connection: "close" } });
        hosts.add(((await response.json()) as { hostname: string }).hostname);
    }
    expect(hosts.size).toBe(replicas);
}
