import { describe, expect, it } from "vitest";
import {
    adminOf,
    parseEnvironment,
    parseInfo,
    parseMap,
    parseMapEntry,
    parseProcesses,
    parseReload,
    parseServersState,
    parseStat,
} from "../../../haproxy/parse";
import { captured } from "./captured";

describe("HAProxy's answers", () => {
    it("show proc: the master, its current worker and the soft-stopped ones", () => {
        expect(parseProcesses(captured("show-proc"))).toEqual({
            master: { pid: 28433, reloads: 4, failedReloads: 0, version: "3.0.11-1+deb13u5" },
            workers: [
                { pid: 16649, old: false, reloads: 0 },
                { pid: 11777, old: true, reloads: 2 },
            ],
        });
    });

    it("show proc: a failed reload is counted, and the worker stays the current one", () => {
        expect(parseProcesses(captured("show-proc-failed"))).toMatchObject({
            master: { failedReloads: 1 },
            workers: [{ pid: 11777, old: false }],
        });
    });

    it("show stat: a server that works, and one whose check cannot connect", () => {
        const backends = parseStat(captured("show-stat"));
        expect([...backends.keys()]).toEqual(["unlinked", "web-blue", "web-green"]);
        const blue = backends.get("web-blue")!;
        expect(blue.own).toMatchObject({ status: "UP", scur: 0, qcur: 0 });
        expect(blue.servers.get("slot-1")).toMatchObject({
            status: "UP",
            checkStatus: "L7OK",
            checkCode: 200,
            checkWords: "Layer7 check passed",
            scur: 0,
            downs: 0,
        });
        expect(blue.servers.get("slot-2")).toMatchObject({ status: "DOWN", checkStatus: "L4CON" });
        expect(blue.servers.get("slot-2")!.checkCode).toBeUndefined();
        expect(backends.get("web-green")!.servers.get("slot-2")).toMatchObject({ status: "MAINT", checkStatus: "" });
    });

    it("show stat: a check's words may be quoted and hold commas", () => {
        const csv = '# pxname,svname,status,check_desc,last_chk,scur\nweb-blue,slot-1,DOWN,"a, ""b""",,3\n';
        expect(parseStat(csv).get("web-blue")!.servers.get("slot-1")).toMatchObject({
            status: "DOWN",
            checkWords: 'a, "b"',
            scur: 3,
        });
    });

    it("show servers state: addresses, and the state that relink has set for each slot", () => {
        const servers = parseServersState(captured("show-servers-state"));
        expect(servers).toHaveLength(4);
        expect(servers.map(({ server, adminState }) => `${server} ${adminOf(adminState)}`)).toEqual([
            "slot-1 ready",
            "slot-2 drain",
            "slot-1 ready",
            "slot-2 maint",
        ]);
        expect(servers[1]).toEqual({
            backend: "web-blue",
            server: "slot-2",
            address: "127.0.0.2",
            port: 8081,
            id: 2,
            operationalState: 0,
            adminState: 12,
        });
    });

    it("show map and get map: keys and values", () => {
        expect(parseMap(captured("show-map"))).toEqual(
            new Map([
                ["*", "web"],
                ["x.example", "d13"],
                ["*.example.com", "web"],
            ]),
        );
        expect(parseMap("")).toEqual(new Map());
        expect(parseMapEntry(captured("get-map-found"), "x.example")).toBe("d13");
        expect(parseMapEntry(captured("get-map-missing"), "x.example")).toBeUndefined();
    });

    it("reload: success, and failure with what is wrong", () => {
        expect(parseReload(captured("reload-success"))).toMatchObject({ success: true });
        const failure = parseReload(captured("reload-failure"));
        expect(failure.success).toBe(false);
        expect(failure.log).toContain("unknown keyword 'nonsense'");
        expect(parseReload("Success=1")).toEqual({ success: true, log: "" });
    });

    it("show info and show env: one field", () => {
        expect(parseInfo(captured("show-info"), "Stopping")).toBe("0");
        expect(parseInfo(captured("show-info-stopping"), "Stopping")).toBe("1");
        expect(parseInfo(captured("show-info"), "NoSuchField")).toBeUndefined();
        expect(parseEnvironment(captured("show-env"), "RELINK_CONFIG")).toMatch(/^[0-9a-f]{16}$/);
        expect(parseEnvironment("Variable not found", "RELINK_CONFIG")).toBeUndefined();
    });

    it("any other text is an error, not an empty answer", () => {
        const strange = "Unknown command: 'bogus'";
        expect(() => parseStat(strange)).toThrow(strange);
        expect(() => parseServersState("Can't find backend.")).toThrow("Can't find backend.");
        expect(() => parseMap("Unknown map identifier. Please use #<id> or <file>.")).toThrow("Unknown map");
        expect(() => parseMapEntry(strange, "x.example")).toThrow(strange);
        expect(() => parseReload("")).toThrow("HAProxy 3.0 or later");
    });
});
