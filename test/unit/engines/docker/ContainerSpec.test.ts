import { describe, expect, it } from "vitest";
import { type ContainerSpec, createOptions } from "../../../../engines/docker/ContainerSpec";

const spec: ContainerSpec = {
    name: "shop-web-blue-1",
    imageId: "sha256:1",
    release: {
        image: "web",
        port: 80,
        env: { A: "1", B: { secret: "KEY" }, RELINK_COLOR: "mine" },
        secrets: ["FILE"],
        init: false,
        labels: { mine: "yes", "relink.color": "mine" },
        volumes: [
            { source: "data", target: "/data", readOnly: false, shared: true },
            { source: "/host", target: "/host", readOnly: true, shared: false },
        ],
        networks: [],
        extraHosts: [],
        dns: [],
        capabilities: { add: [], drop: [] },
        readOnly: false,
        securityOpt: [],
        ulimits: {},
        restart: "always",
        stopGracePeriodMs: 1_500,
        health: {
            tcp: false,
            path: "/",
            host: "web",
            hostIsDefault: false,
            status: { from: 200, to: 399 },
            intervalMs: 2_000,
            timeoutMs: 1_000,
            rise: 2,
            fall: 3,
        },
        maxReplicas: 8,
        timeouts: {},
    },
    secretValues: { KEY: "k", FILE: "in a file" },
    labels: { "relink.color": "blue" },
    env: { RELINK_COLOR: "blue" },
    network: { name: "shop", address: "172.20.0.10" },
};

describe("what the Engine is asked to create", () => {
    it("has our labels and environment over the user's, and secrets only where they were asked for by name", () => {
        const options = createOptions(spec);
        expect(options.Env).toEqual(["A=1", "B=k", "RELINK_COLOR=blue"]);
        expect(options.Labels).toEqual({ mine: "yes", "relink.color": "blue" });
        expect(JSON.stringify(options)).not.toContain("in a file");
    });

    it("starts with no restart policy, at its fixed address", () => {
        const { HostConfig: host, NetworkingConfig: net } = createOptions(spec);
        expect(host).toMatchObject({ RestartPolicy: { Name: "no" }, NetworkMode: "shop" });
        expect(net).toEqual({ EndpointsConfig: { shop: { IPAMConfig: { IPv4Address: "172.20.0.10" } } } });
    });

    it("mounts a path as such and a name as a volume, without labels of ours", () => {
        expect(createOptions(spec).HostConfig?.Mounts).toEqual([
            { Type: "volume", Source: "data", Target: "/data", ReadOnly: false },
            { Type: "bind", Source: "/host", Target: "/host", ReadOnly: true },
        ]);
    });

    it.each([
        [[], [], ["NET_RAW"]],
        [["NET_ADMIN"], ["CHOWN"], ["CHOWN", "NET_RAW"]],
        [["NET_RAW"], [], []],
        [["CAP_NET_RAW"], ["CHOWN"], ["CHOWN"]],
        [["ALL"], [], []],
        [[], ["ALL"], ["ALL"]],
        [[], ["NET_RAW"], ["NET_RAW"]],
    ])("may send raw packets only where that is asked for: with %j and without %j", (add, drop, expected) => {
        const release = { ...spec.release, capabilities: { add, drop } };
        expect(createOptions({ ...spec, release }).HostConfig).toMatchObject({ CapAdd: add, CapDrop: expected });
    });

    it("is hardened as its release says", () => {
        const release = { ...spec.release, readOnly: true, securityOpt: ["no-new-privileges"], pidsLimit: 50 };
        expect(createOptions({ ...spec, release }).HostConfig).toMatchObject({
            ReadonlyRootfs: true,
            SecurityOpt: ["no-new-privileges"],
            PidsLimit: 50,
        });
        expect(createOptions(spec).HostConfig).toMatchObject({ ReadonlyRootfs: false, SecurityOpt: [] });
    });

    it("rounds the grace period up to Docker's seconds", () => {
        expect(createOptions(spec).StopTimeout).toBe(2);
    });

    it("leaves the image's own health check alone unless there is a command", () => {
        expect(createOptions(spec).Healthcheck).toBeUndefined();
        const health = { ...spec.release.health, command: ["check"] };
        expect(createOptions({ ...spec, release: { ...spec.release, health } }).Healthcheck).toEqual({
            Test: ["CMD", "check"],
            Interval: 2_000_000_000,
            Timeout: 1_000_000_000,
            Retries: 3,
        });
    });

    it("names a secret that has no value", () => {
        expect(() => createOptions({ ...spec, secretValues: {} })).toThrow(/secret KEY has no value/);
    });
});
