import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { writeUsers } from "../../../front/access";
import { renderFrontends } from "../../../front/configuration";
import { accessIn, removeAccess, writeListeners } from "../../../front/listenerFiles";
import { writeStatisticsUsers } from "../../../front/statistics";
import type { ServiceAccess } from "../../../model/ServiceAccess";

const near = { gateway: "10.89.0.1", anchor: "10.89.0.2" };
const hash = `$6$abcdefgh$${"x".repeat(86)}`;
const access: Record<string, ServiceAccess> = {
    admin: { basic: ["alice", "bob"], allow: ["203.0.113.0/24", "10.0.0.0/8"] },
    shop: { maintenance: true },
};
const frontendsOf = (access: Record<string, ServiceAccess>) =>
    renderFrontends({ name: "shop-dev", trustedProxies: [], access }, near);
/** As an `up` of the front writes them. */
const write = (files: Map<string, string>, access: Record<string, ServiceAccess>, leaving: string[] = []) => {
    const kept = Object.entries(accessIn(files)).filter(([service]) => leaving.includes(service));
    writeUsers(files, { access, users: { alice: hash, bob: hash }, leaving });
    const all = { ...Object.fromEntries(kept), ...access };
    writeListeners(files, { name: "shop-dev", trustedProxies: [], access: all }, near);
};
const filesOf = (access: Record<string, ServiceAccess>) => {
    const files = new Map<string, string>();
    write(files, access);
    return files;
};
const goldenFile = (name: string) => join(__dirname, "golden", name);

describe("who may ask", () => {
    it("has lines about each service, and a file with its users", async () => {
        await expect(frontendsOf(access)).toMatchFileSnapshot(goldenFile("10-frontends-access.cfg"));
        const files = filesOf(access);
        expect([...files.keys()].sort()).toEqual([
            "conf/05-users-admin.cfg",
            "conf/10-frontends.cfg",
            "data/listeners.json",
        ]);
        await expect(files.get("conf/05-users-admin.cfg")).toMatchFileSnapshot(goldenFile("05-users-admin.cfg"));
        expect(accessIn(files)).toEqual(access);
    });

    it("has no line where everybody may ask", () => {
        expect(frontendsOf({})).toBe(renderFrontends({ name: "shop-dev", trustedProxies: [] }, near));
        expect([...filesOf({}).keys()]).toEqual(["conf/10-frontends.cfg", "data/listeners.json"]);
    });

    it.each([
        ["a network without it", ["203.0.113.0/24", "2001:db8::/32"], 0],
        ["a network that holds it", ["10.89.0.0/16"], 1],
        ["every address", ["0.0.0.0/0"], 1],
        ["its own address", ["10.0.0.0/8", "10.89.0.1"], 0],
        ["its own address as a network", ["10.89.0.1/32"], 0],
    ])("refuses the gateway, behind which may be anybody, in %s", (_, allow, lines) => {
        const text = frontendsOf({ admin: { allow } });
        expect(text.split("\n").filter(line => line.endsWith(" { src 10.89.0.1 }"))).toHaveLength(lines);
    });

    it("stays for a service that leaves, and goes with it", () => {
        const files = filesOf(access);
        const before = new Map(files);
        write(files, { shop: access.shop! }, ["admin"]);
        expect(files).toEqual(before);

        removeAccess(files, "admin");
        expect(files).toEqual(filesOf({ shop: access.shop! }));
        removeAccess(files, "another");
        removeAccess(files, "shop");
        expect(files).toEqual(filesOf({}));
    });

    it("counts as unknown where somebody has edited the file that says it", () => {
        const files = filesOf(access).set("data/listeners.json", "{");
        expect(accessIn(files)).toEqual({});
        removeAccess(files, "shop");
        expect(files.get("conf/10-frontends.cfg")).toBe(frontendsOf(access));
    });

    it("is for the page of statistics a list of its own", () => {
        const files = new Map<string, string>();
        writeStatisticsUsers(files, ["alice"], { alice: hash });
        expect([...files]).toEqual([
            [
                "conf/04-users-statistics.cfg",
                `# Users of the page of statistics, each with the hash of the password.\nuserlist statistics\n    user alice password ${hash}\n`,
            ],
        ]);
        writeStatisticsUsers(files, undefined, {});
        expect(files.size).toBe(0);
    });

    it("loses the users of a service that asks for no password any more", () => {
        const files = filesOf(access);
        writeUsers(files, { access: { admin: { allow: ["10.0.0.0/8"] } }, users: {} });
        expect(files.has("conf/05-users-admin.cfg")).toBe(false);
    });

    it.each<[string, ServiceAccess, Record<string, string>]>([
        ["a network with a directive", { allow: ["10.0.0.0/8 } || { always_true"] }, {}],
        ["a user with a space", { basic: ["a b"] }, { "a b": hash }],
        ["a password", { basic: ["alice"] }, { alice: "secret" }],
        ["a hash with a newline", { basic: ["alice"] }, { alice: `${hash}\nuser eve` }],
        ["a user without a hash", { basic: ["constructor"] }, {}],
    ])("refuses %s", (_, wrong, users) => {
        expect(() => {
            frontendsOf({ admin: wrong });
            writeUsers(new Map(), { access: { admin: wrong }, users });
        }).toThrow();
    });
});
