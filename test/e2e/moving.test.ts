import { randomInt } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectFailure, expectSuccess } from "../support/command";
import { isFull } from "../support/isFull";
import type { LoadRun, LoadSnapshot } from "../support/load";
import { recipe } from "../support/recipe";
import { oneAfterTheOther, outputsOf, underLoad, webStack, withoutWebSockets } from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";

// The commands of docs/moving.md. Two containers of the old app are behind Debian's nginx, which has port 80 of an address
// of its own. The clients are in another network namespace, because the kernel treats this machine's own connections in
// another way. Needs root. Plain docker commands make the Compose project.

/** The old app with its nginx, and the clients' network namespace. */
class OldSide {
    private readonly block = randomInt(1, 250);
    private readonly netns = `relink-clients-${this.block}`;
    readonly address = `10.203.${this.block}.1`;
    readonly url = `http://${this.address}:80`;
    readonly name: string;
    private readonly file: string;

    constructor(private readonly stack: TestStack) {
        this.name = `${stack.front}-old`;
        this.file = join(stack.path, "nginx.conf");
    }

    async start(): Promise<void> {
        this.configure(`
            upstream app { server ${this.name}-web-1:8080; server ${this.name}-web-2:8080; keepalive 16; }
            server {
                listen 80;
                location / {
                    proxy_pass http://app;
                    proxy_http_version 1.1;
                    proxy_set_header Connection "";
                    proxy_set_header Host $host;
                }
            }`);
        const app = `docker run -d --network ${this.name} -e VERSION=old`;
        const { address, block, netns, name } = this;
        await this.run(`
            ip netns add ${netns}
            ip link add rlk${block} type veth peer name eth0 netns ${netns}
            ip addr add ${address}/30 dev rlk${block}
            ip link set rlk${block} up
            ip -n ${netns} addr add 10.203.${block}.2/30 dev eth0
            ip -n ${netns} link set eth0 up
            docker network create ${name}
            ${app} --name ${name}-web-1 relink-hello:v1
            ${app} --name ${name}-web-2 relink-hello:v1
            docker run -d --name ${name}-proxy --network ${name} -p ${address}:80:80 \\
                -v ${this.file}:/etc/nginx/nginx.conf:ro relink-nginx:debian`);
    }

    /** Kept connections end after 10 requests instead of 1,000, so that the test is short. */
    configure(servers: string): void {
        writeFileSync(this.file, `events {} http { keepalive_requests 10; ${servers} }`);
    }

    /** Runs one block of the page as a user does who has set its three variables. */
    typed(heading: string, without = ""): Promise<void> {
        const functions = recipe("moving.md", "## Compose with nginx on port 80").replace(/^[A-Z]+=.*\n/gm, "");
        const env = { OLD: `${this.name}-proxy`, NETWORK: this.name, ADDRESS: this.address };
        return this.run(functions + recipe("moving.md", heading).replace(without, ""), env);
    }

    async run(script: string, env: Record<string, string> = {}): Promise<void> {
        expectSuccess(await this.stack.shell(script, { env }));
    }

    /** Runs `act` while the clients send requests to these versions, and expects that they lose none. */
    underLoad(scenario: string, act: (load: LoadRun) => Promise<void>, versions = ["old", "v2"]) {
        const through = ["nsenter", `--net=/run/netns/${this.netns}`];
        // The old containers were made without relink, which tells the sample app its service.
        const answeredBy = { services: ["web", "hello"], versions };
        return underLoad(scenario, this.stack, act, { url: this.url, through, mix: withoutWebSockets, answeredBy });
    }

    /** Removes what the stack's sweep does not. The sweep removes the containers by their names. */
    async end(): Promise<void> {
        await this.run(`
            iptables -t nat -S PREROUTING | grep -- "-d ${this.address}/32" | sed s/^-A/-D/ | xargs -rL1 iptables -t nat
            ip netns del ${this.netns}`);
    }
}

/** Waits for 100 more answers of a version. */
async function answers(load: LoadRun, version: string): Promise<LoadSnapshot> {
    const since = (await load.snapshot()).byVersion[version]?.requests ?? 0;
    return load.until(({ byVersion }) => (byVersion[version]?.requests ?? 0) >= since + 100, `${version} answers`);
}

let stack: TestStack;
let old: OldSide;

describe.runIf(isFull)("Moving from Compose with nginx on port 80", () => {
    oneAfterTheOther();

    beforeAll(async () => {
        stack = await createStack({ config: webStack({ image: "relink-hello:v2" }) });
        old = new OldSide(stack);
        stack.setConfig("front.address", old.address);
        stack.setConfig("front.http.port", 80);
        await old.start();
    });

    afterAll(async () => {
        await old?.end();
        await stack?.cleanup();
    });

    it("up names the container that has the port", async () => {
        const printed = expectFailure(await stack.up());
        expect(printed).toContain(`port 80 is held by the container ${old.name}-proxy`);
        expect(printed).toContain("docs/moving.md");
    });

    it("no request is lost while nginx frees port 80 and the clients go to the front", async () => {
        const load = await old.underLoad("moving from Compose with nginx on port 80", async load => {
            await old.typed("### 1. A second copy of the proxy takes the new connections");
            await old.typed("### 2. The old proxy runs empty, and leaves the port");
            await load.mark("the port is free");
            await answers(load, "old");
            expectSuccess(await stack.up());
            // This machine already reaches the front, the clients do not yet.
            const response = await fetch(old.url);
            expect(response.headers.get("x-version")).toBe("v2");
            expect(Object.keys((await answers(load, "old")).byVersion)).toEqual(["old"]);
            await load.mark("handed over");
            await old.typed("### 4. The clients go to the front");
            await answers(load, "v2");
            await old.typed("### 5. The copy runs empty, and what is old goes");
            await load.mark("the front alone");
            await answers(load, "v2");
        });
        expect(Object.keys(load.byVersion).sort()).toEqual(["old", "v2"]);
        expect(Object.keys(load.phases.at(-1)?.byVersion ?? {})).toEqual(["v2"]);
        expect(await outputsOf(stack)).toMatchObject({ live: "blue" });
    });

    it("a release afterwards loses no request", async () => {
        stack.setConfig("services.web.image", "relink-hello:v1");
        const release = async (load: LoadRun) => {
            expectSuccess(await stack.up());
            await answers(load, "v1");
        };
        const load = await old.underLoad("a release after moving", release, ["v1", "v2"]);
        expect(Object.keys(load.byVersion).sort()).toEqual(["v1", "v2"]);
    });
});

describe.runIf(isFull)("Moving to relink behind the old nginx", () => {
    beforeAll(async () => {
        stack = await createStack({
            config: webStack({ image: "relink-hello:v2" }, { front: { address: "172.17.0.1" } }),
        });
        old = new OldSide(stack);
        await old.start();
    });

    afterAll(async () => {
        await old?.end();
        await stack?.cleanup();
    });

    it("no request is lost while nginx gets the front as its only upstream", async () => {
        expectSuccess(await stack.up());
        const load = await old.underLoad("moving behind the old nginx", async load => {
            await old.typed("### 1. A second copy of the proxy takes the new connections");
            await old.typed("### 2. The old proxy runs empty, and leaves the port", 'docker stop "$OLD"');
            await answers(load, "old");
            const servers = recipe("moving.md", "## The old proxy stays", "nginx");
            old.configure(servers.replace("172.17.0.1:8000", new URL(stack.url).host));
            await old.run(`docker exec ${old.name}-proxy nginx -s reload`);
            await old.typed("### 4. The clients go to the front");
            await answers(load, "v2");
            await old.typed("### 5. The copy runs empty, and what is old goes", ' "$OLD"');
            await load.mark("the front behind nginx");
            await answers(load, "v2");
        });
        expect(Object.keys(load.byVersion).sort()).toEqual(["old", "v2"]);
        expect(Object.keys(load.phases.at(-1)?.byVersion ?? {})).toEqual(["v2"]);
    });
});
