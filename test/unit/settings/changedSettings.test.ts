import { describe, expect, it } from "vitest";
import { changedSettings, completeSettings } from "../../../settings/changedSettings";
import { configWith, settingsOf } from "./support";

const everything = {
    env: { MODE: "fast" },
    health: { path: "/healthz", interval: "1s", host: "inner.example.com", status: "200-204" },
    command: ["serve"],
    ulimits: { nofile: 65536 },
    capabilities: { add: ["NET_ADMIN"] },
    log: { driver: "local", options: { "max-size": "1m" } },
    timeouts: { server: "3s" },
    maxReplicas: 3,
};

function changed(service: Record<string, unknown>) {
    return changedSettings(settingsOf(configWith(service)).services[0]!.release);
}

describe("the changed settings of a release", () => {
    it("have only the port if nothing else is set", () => {
        expect(changed({})).toEqual({ port: 8080 });
    });

    it("have the settings that differ from their defaults, at any depth", () => {
        expect(
            changed({ env: { MODE: "fast" }, health: { path: "/healthz", interval: "1s" }, command: ["serve"] }),
        ).toEqual({
            port: 8080,
            env: { MODE: "fast" },
            health: { path: "/healthz", intervalMs: 1000 },
            command: ["serve"],
        });
    });

    it.each([{}, everything, { health: { tcp: true }, restart: "no" }, { hosts: ["shop.example.com"] }])(
        "are enough to restore all settings: %j",
        service => {
            const short = changed(service);
            const whole = completeSettings("shop:1", short);
            expect(changedSettings(whole)).toEqual(short);
            expect(whole).toMatchObject({ image: "shop:1", port: 8080, stopGracePeriodMs: 10_000 });
        },
    );

    it("have the health check's host only if it is set, not if it comes from the routes", () => {
        expect(changed({ hosts: ["shop.example.com"] })).toEqual({ port: 8080 });
        expect(changed({ health: { host: "inner.example.com" } })).toEqual({
            port: 8080,
            health: { host: "inner.example.com" },
        });
    });
});
