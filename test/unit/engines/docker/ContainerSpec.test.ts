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
        backendLines: [],
    },
    secretValues: { KEY: "k", FILE: "in a file" },
    labels: { "relink.color": "blue" },
    env: { RELINK_COLOR: "blue" },
    network: { name: "shop", address: "172.20.0.10" },
};

describe("a container that the Engine is asked to create", () => {
    it("knows an internal service by the front's address, and is refused without one", () => {
        const release = { ...spec.release, extraHosts: ["db:10.0.0.5", "api:front"] };
        expect(createOptions({ ...spec, release, front: "10.89.0.2" }).HostConfig?.ExtraHosts).toEqual([
            "db:10.0.0.5",
            "api:10.89.0.2",
        ]);
        expect(() => createOptions({ ...spec, release })).toThrow("the front is not on its network");
    });

    it("has relink's labels and environment over the user's, and secrets only in the variables that ask for them", () => {
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

    it("mounts a path as such and a name as a volume, without relink's labels", () => {
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
    ])("may send raw packets only if its capabilities ask for that: with %j and without %j", (add, drop, expected) => {
        const release = { ...spec.release, capabilities: { add, drop } };
        expect(createOptions({ ...spec, release }).HostConfig).toMatchObject({ CapAdd: add, CapDrop: expected });
    });

    it("has the hardening options of its release", () => {
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

    it("keeps the image's own health check unless the settings have a command", () => {
        expect(createOptions(spec).Healthcheck).toBeUndefined();
        const health = { ...spec.release.health, command: ["check"] };
        expect(createOptions({ ...spec, release: { ...spec.release, health } }).Healthcheck).toEqual({
            Test: ["CMD", "check"],
            Interval: 2_000_000_000,
            Timeout: 1_000_000_000,
            Retries: 3,
        });
    });

    it("is refused with the name of a secret that has no value", () => {
        expect(() => createOptions({ ...spec, secretValues: {} })).toThrow(/secret KEY has no value/);
    });
});
