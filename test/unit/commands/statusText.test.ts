import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";
import type { ColorStatus } from "../../../commands/ColorStatus";
import type { ServiceStatus } from "../../../commands/ServiceStatus";
import type { StackStatus } from "../../../commands/StackStatus";
import { Style } from "../../../commands/Style";
import { statusText } from "../../../commands/statusText";

const at = "2026-11-23T12:00:00.000Z";
const release = {
    id: "62156d6b89b5-0ef7891b27a10c0e",
    image: "registry.example.com/some/long/path/shop/web:2026-11-22",
    digest: "sha256:62156d6b89b5",
    proved: true,
    provedAt: "2026-11-23T09:00:00.000Z",
    ageSeconds: 10_800,
    judgedBad: null,
};
const container = {
    name: "shop-prod-web-green-1",
    slot: 1,
    docker: "running (healthy)",
    haproxy: "UP",
    ready: true,
    open: 3,
    startedAt: "2026-11-23T09:00:00.000Z",
    restarts: 0,
    stray: false,
};
const green: ColorStatus = {
    state: "running",
    release,
    replicas: 2,
    running: 2,
    ready: 2,
    open: 1234,
    openInOldWorkers: 0,
    containers: [container, { ...container, name: "shop-prod-web-green-2", slot: 2 }],
};
const web: ServiceStatus = {
    name: "web",
    live: "green",
    share: null,
    traffic: "requests",
    failover: null,
    stable: "green",
    idle: "blue",
    routes: ["shop.example.com", "*.shop.example.com"],
    wanted: { image: release.image, replicas: 2 },
    problems: [],
    unfinished: null,
    blue: { ...green, release: { ...release, image: "shop/web:1" }, open: 2, openInOldWorkers: 2 },
    green,
    history: Array.from({ length: 5 }, (_, index) => ({
        at: `2026-11-2${3 - Math.floor(index / 2)}T09:00:00.000Z`,
        by: "ann@laptop, stack shop/prod, process 4711",
        from: "blue" as const,
        to: "green" as const,
        image: "shop/web:1",
        result: index === 1 ? ("moved back" as const) : ("confirmed" as const),
    })),
};
const stack: StackStatus = {
    project: "shop",
    stack: "prod",
    at,
    ok: true,
    source: "haproxy",
    front: {
        name: "shop-prod",
        anchor: "running",
        port: 80,
        generations: [{ number: 1, haproxy: "3.0.11-1+deb13u5", startedAt: "2026-11-21T12:00:00.000Z" }],
        connections: { current: 40, old: 2 },
    },
    services: [web],
    problems: [],
};

/** On a terminal without colors. */
function shown(status: StackStatus, columns: number, long = false): string[] {
    return statusText(status, new Style(columns, false), long).split("\n");
}

describe("The text of npm run status", () => {
    it("shows what is live, what is warm and since when, in 80 columns", () => {
        expect(shown(stack, 80)).toEqual([
            "shop/prod  front shop-prod, port 80, HAProxy 3.0.11 for 2 d, 42 connections, 2",
            "    of them in old workers",
            "",
            "web  green is live, shop.example.com, *.shop.example.com",
            "           release                           state  ready        open  proved",
            "    blue   shop/web:1                        warm   2 of 2  2 (2 old)  3 h ago",
            "  > green  ...long/path/shop/web:2026-11-22  live   2 of 2       1234  3 h ago",
            "  link  3 h ago     blue => green, shop/web:1, by ann@laptop",
            "        3 h ago     blue => green, shop/web:1, moved back, by ann@laptop",
            "        27 h ago    blue => green, shop/web:1, by ann@laptop",
            "        2 moves before that: --long",
            "",
        ]);
    });

    it("shows which color is a canary, and its share", () => {
        const [move] = web.history;
        const moves = [{ ...move!, from: "green" as const, to: "green" as const, percent: 25 }];
        const found = { ...stack, services: [{ ...web, share: "blue 25 %", history: moves }] };
        const lines = shown(found, 120).join("\n");
        expect(lines).toContain("web  green is live, blue gets 25 % of the requests, shop.example.com");
        const tcp = { ...stack, services: [{ ...web, share: "blue 25 %", traffic: "connections" as const }] };
        expect(shown(tcp, 120).join("\n")).toContain("web  green is live, blue gets 25 % of the connections,");
        expect(lines).toMatch(/blue {3,}shop\/web:1 +canary +2 of 2/);
        expect(lines).toContain("green, blue 25 %, shop/web:1, by ann@laptop");
    });

    it("shows which color answers in place of the live one, or would", () => {
        const lines = (failover: "waits" | "answers") =>
            shown({ ...stack, services: [{ ...web, failover }] }, 120).join("\n");
        expect(lines("waits")).toContain("web  green is live, failover to blue, shop.example.com");
        expect(lines("waits")).toMatch(/blue {3,}shop\/web:1 +warm +2 of 2/);
        expect(lines("answers")).toMatch(/blue {3,}shop\/web:1 +answers +2 of 2/);
    });

    it.each([80, 160])("stays within %d columns", columns => {
        for (const long of [false, true]) {
            const widest = Math.max(...shown(stack, columns, long).map(line => line.length));
            expect(widest).toBeLessThanOrEqual(columns);
        }
    });

    it("lists the containers with a fault, and with --long all of them", () => {
        const sick = { ...container, docker: "running", haproxy: "DOWN L7STS 500", ready: false, restarts: 2 };
        const found = {
            ...stack,
            services: [{ ...web, green: { ...green, ready: 1, containers: [container, sick] } }],
        };
        expect(shown(found, 160).filter(line => line.includes("shop-prod-web-"))).toEqual([
            "        shop-prod-web-green-1  running, HAProxy: DOWN L7STS 500, 3 open, started 3 h ago, 2 restarts",
        ]);
        expect(shown(found, 160, true).filter(line => line.includes("shop-prod-web-"))).toHaveLength(4);
    });

    it("adds colors to the same text only on request", () => {
        const plain = shown(stack, 80).join("\n");
        const colored = statusText(stack, new Style(80, true), false);
        expect(plain).not.toContain("\u001b");
        expect(colored).toContain("\u001b[");
        expect(stripVTControlCharacters(colored)).toBe(plain);
    });
});

describe("Colors", () => {
    const on = { isTTY: true, columns: 100 } as NodeJS.WriteStream;
    const off = { isTTY: false } as NodeJS.WriteStream;
    it.each([
        ["a terminal", on, {}, true],
        ["a terminal with NO_COLOR", on, { NO_COLOR: "1" }, false],
        ["NO_COLOR and FORCE_COLOR", on, { NO_COLOR: "1", FORCE_COLOR: "1" }, false],
        ["a dumb terminal", on, { TERM: "dumb" }, false],
        ["a pipe", off, {}, false],
        ["a pipe with FORCE_COLOR", off, { FORCE_COLOR: "1" }, true],
    ])("%s", (_name, stream, env, colored) => {
        expect(Style.of(stream, env).bold("x") !== "x").toBe(colored);
    });
});
