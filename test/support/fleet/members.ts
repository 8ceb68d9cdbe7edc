import type { LoadMix } from "../load";

/** What a service is like, by what its users do. */
export type Kind = "plain" | "streaming" | "WebSocket" | "slow to start";

/** A place on the front, and what is below it. */
export interface Place {
    host: string;
    /** Put before the sample app's own paths, where the route takes it off. @default nothing */
    path?: string;
    /** The sample app's own path that users ask, where the route is one of that path. @default several */
    own?: string;
}

/** A service of a fleet: how users come to it, and what they do there. */
export interface Member {
    kind: Kind;
    /** Keys of its config. */
    routes: Record<string, unknown>;
    users: Place;
}

/** Twelve services of four kinds, with every way to a service that there is. */
export const members = {
    home: { kind: "plain", routes: { default: true }, users: { host: "www.example.org" } },
    shop: {
        kind: "plain",
        routes: { hosts: ["shop.example.com", "deals.example.com"] },
        users: { host: "shop.example.com" },
    },
    api: {
        kind: "plain",
        routes: { hosts: ["shop.example.com"], paths: ["/api"], stripPath: true },
        users: { host: "shop.example.com", path: "/api" },
    },
    video: { kind: "streaming", routes: { hosts: ["video.example.com"] }, users: { host: "video.example.com" } },
    files: { kind: "streaming", routes: { hosts: ["*.files.example.com"] }, users: { host: "eu.files.example.com" } },
    // A path that is kept is one of the sample app's own.
    feed: {
        kind: "streaming",
        routes: { hosts: ["shop.example.com"], paths: ["/stream"] },
        users: { host: "shop.example.com", own: "/stream" },
    },
    chat: { kind: "WebSocket", routes: { hosts: ["chat.example.com"] }, users: { host: "chat.example.com" } },
    push: { kind: "WebSocket", routes: { paths: ["/ws", "/slow"] }, users: { host: "push.example.org", own: "/slow" } },
    rooms: {
        kind: "WebSocket",
        routes: { hosts: ["*.rooms.example.com"], paths: ["/live"], stripPath: true },
        users: { host: "red.rooms.example.com", path: "/live" },
    },
    report: { kind: "slow to start", routes: { hosts: ["report.example.com"] }, users: { host: "report.example.com" } },
    search: {
        kind: "slow to start",
        routes: { paths: ["/search", "/find"], stripPath: true },
        users: { host: "www.example.org", path: "/search" },
    },
    admin: {
        kind: "slow to start",
        routes: { hosts: ["*.admin.example.com"] },
        users: { host: "a.admin.example.com" },
    },
} satisfies Record<string, Member>;

export type Name = keyof typeof members;

/** What is asked of a place all the time. */
export interface Demand {
    mix: LoadMix;
    /** Path and query of GET and POST. */
    get: string;
}

export const demands: Record<Kind, Demand> = {
    plain: { mix: { post: 1, newConnection: 1 }, get: "/" },
    streaming: { mix: { stream: 2 }, get: "/stream?seconds=0.2" },
    WebSocket: { mix: { webSocket: 2 }, get: "/slow?ms=5" },
    "slow to start": { mix: { slow: 1, post: 1 }, get: "/" },
};

/** How long a slow service waits before it listens, milliseconds. */
export const slowStartMs = 4_000;
