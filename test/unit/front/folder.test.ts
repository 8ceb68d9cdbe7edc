import { describe, expect, it } from "vitest";
import { ConfigRejected, parseCheck } from "../../../front/check";
import { type Change, ConfigFolder } from "../../../front/folder";
import { rawLines } from "../../../front/rawLines";
import { packFiles, unpackFiles } from "../../../haproxy/archive";
import { isReadOnlyScript } from "../../../haproxy/cli";
import { emptyMaps, readMap, removeMapEntry, writeMapEntry } from "../../../haproxy/maps";
import type { Run } from "../../../haproxy/Run";
import { closeRouteKeys, parseRoutes, routeKey, routeValue } from "../../../haproxy/routes";
import { parseRoute } from "../../../model/Route";
import { captured } from "../haproxy/captured";

/** The volume in memory. It does what the four scripts do, and refuses files that hold `nonsense`. */
class FakeVolume {
    readonly versions = new Map<number, Map<string, string>>();
    current = 0;
    checks = 0;
    reads = 0;
    /** What the last change wrote. */
    written: string[] = [];

    readonly run: Run = async (argv, stdin) => {
        const [, , script, , version, expected = "", ...replaced] = argv;
        if (isReadOnlyScript(argv, stdin)) {
            this.reads++;
            const files = this.versions.get(this.current);
            const tar = files ? (await packFiles(files)).toString("base64") : "";
            const link = this.current ? `versions/${this.current}` : "";
            return answer(`${[...this.versions.keys()].map(name => `${name}\n`).join("")}current ${link}\n${tar}`);
        }
        if (script!.includes("tar -xf")) {
            const kept = new Map(this.versions.get(Number(expected.replace("versions/", ""))));
            for (const path of replaced) {
                kept.delete(path);
            }
            const written = await unpackFiles(stdin as Buffer);
            this.written = [...written.keys()];
            this.versions.set(Number(version), new Map([...kept, ...written]));
        } else if (script!.includes("mv -T")) {
            if (expected !== (this.current ? `versions/${this.current}` : "")) {
                return { ...answer(""), exitCode: 75, stderr: "somebody else wrote" };
            }
            const files = this.versions.get(Number(version))!;
            for (const path of files.keys()) {
                if (path.startsWith("check/")) {
                    files.delete(path);
                }
            }
            this.current = Number(version);
        } else {
            this.versions.delete(Number(version));
        }
        return answer("");
    };

    readonly check: Run = async argv => {
        this.checks++;
        const version = Number(/versions\/(\d+)\/check\/conf$/.exec(argv.at(-1)!)![1]);
        for (const [path, text] of this.versions.get(version)!) {
            const line = text.split("\n").findIndex(line => line.includes("nonsense")) + 1;
            if (path.startsWith("check/") && line > 0) {
                const place = `/relink/config/versions/${version}/${path}:${line}`;
                const stderr = `[ALERT]    (7) : config : parsing [${place}] : unknown keyword 'nonsense'\n`;
                return { stdout: "", stderr, exitCode: 1 };
            }
        }
        return answer("");
    };

    readonly folder = new ConfigFolder(this.run, this.check);
}

const answer = (stdout: string) => ({ stdout, stderr: "", exitCode: 0 });
const set =
    (path: string, text: string): Change =>
    files =>
        files.set(path, text);

describe("the folder of HAProxy's files", () => {
    it("is empty before the first version", async () => {
        expect(await new FakeVolume().folder.read()).toEqual(new Map());
    });

    it("goes from version to version, and reports when a reload is needed", async () => {
        const { folder } = new FakeVolume();
        const first = await folder.apply(set("conf/00-global.cfg", "global\n    setenv RELINK_CONFIG unstamped\n"));
        expect(first).toMatchObject({ version: 1, changed: true, reloadNeeded: true });
        expect((await folder.read()).get("conf/00-global.cfg")).toContain(`RELINK_CONFIG ${first.hash}`);
        expect(await folder.apply(set("maps/link.map", "web blue:green:0\n"))).toMatchObject({
            version: 2,
            changed: true,
            reloadNeeded: false,
            hash: first.hash,
        });
        expect(await folder.apply(set("maps/link.map", "web blue:green:0\n"))).toMatchObject({
            version: 2,
            changed: false,
        });
        expect(await folder.apply(set("conf/20-a.cfg", "backend a\n"))).toMatchObject({
            version: 3,
            reloadNeeded: true,
        });
    });

    it("checks the new text against the new maps, and does not change the text", async () => {
        const volume = new FakeVolume();
        const text = "frontend x\n    use_backend %[str(a),map_str(/relink/config/current/maps/link.map)]\n";
        let checked: string | undefined;
        const folder = new ConfigFolder(volume.run, async argv => {
            checked = volume.versions.get(1)!.get("check/conf/10-frontends.cfg");
            return volume.check(argv);
        });
        await folder.apply(set("conf/10-frontends.cfg", text));
        expect(checked).toContain("map_str(/relink/config/versions/1/maps/link.map)");
        expect(await folder.read()).toEqual(new Map([["conf/10-frontends.cfg", text]]));
    });

    it("stays as it was when HAProxy refuses a change, and the error has the line", async () => {
        const volume = new FakeVolume();
        await volume.folder.apply(set("conf/20-a.cfg", "backend a\n"));
        const refused = volume.folder.apply(set("conf/20-b.cfg", "backend b\n    nonsense\n"));
        await expect(refused).rejects.toThrow(ConfigRejected);
        await expect(refused).rejects.toThrow("conf/20-b.cfg line 2 (nonsense): unknown keyword 'nonsense'");
        expect([...volume.versions.keys()]).toEqual([1]);
        expect([...(await volume.folder.read()).keys()]).toEqual(["conf/20-a.cfg"]);
    });

    it("merges concurrent changes into one check and one version", async () => {
        const volume = new FakeVolume();
        const results = await Promise.all(
            ["a", "b", "c", "d"].map(name => volume.folder.apply(set(`conf/${name}.cfg`, ""))),
        );
        expect(results.map(({ version }) => version)).toEqual([1, 2, 2, 2]);
        expect(volume.checks).toBe(2);
        expect((await volume.folder.read()).size).toBe(4);
    });

    it("is not checked again when only entries of maps change", async () => {
        const volume = new FakeVolume();
        await volume.folder.apply(files => files.set("conf/a.cfg", "backend a\n").set("maps/link.map", ""));
        await volume.folder.apply(set("maps/link.map", "web green:blue:0\n"));
        expect(volume.checks).toBe(1);
        await volume.folder.apply(set("maps/other.map", ""));
        expect(volume.checks).toBe(2);
    });

    it.each(["conf/a.cfg", "conf/90-by-hand.cfg"])("is checked as a whole after somebody else wrote %s", async path => {
        const volume = new FakeVolume();
        await volume.folder.apply(files => files.set("conf/a.cfg", "backend a\n").set("maps/link.map", ""));
        volume.versions.get(1)!.set(path, "nonsense\n");
        const refused = volume.folder.apply(set("maps/link.map", "web green:blue:0\n"));
        await expect(refused).rejects.toThrow(`${path} line 1 (nonsense)`);
        expect(volume.current).toBe(1);
    });

    it("applies merged changes one by one when they fail together", async () => {
        const volume = new FakeVolume();
        const first = volume.folder.apply(set("conf/first.cfg", ""));
        const results = await Promise.allSettled([
            volume.folder.apply(set("conf/a.cfg", "")),
            volume.folder.apply(set("conf/b.cfg", "nonsense")),
            volume.folder.apply(() => {
                throw new Error("not possible");
            }),
            volume.folder.apply(set("conf/d.cfg", "")),
        ]);
        await first;
        expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected", "fulfilled"]);
        expect([...(await volume.folder.read()).keys()].sort()).toEqual(["conf/a.cfg", "conf/d.cfg", "conf/first.cfg"]);
    });

    it("writes the files that change, and keeps the others", async () => {
        const volume = new FakeVolume();
        await volume.folder.apply(files => files.set("conf/a.cfg", "a").set("conf/b.cfg", "b").set("conf/c.cfg", "c"));
        await volume.folder.apply(files => {
            files.delete("conf/c.cfg");
            return files.set("conf/b.cfg", "new");
        });
        expect(volume.written.filter(path => !path.startsWith("check/")).sort()).toEqual(["conf/b.cfg", "manifest"]);
        expect([...(await volume.folder.read())]).toEqual([
            ["conf/a.cfg", "a"],
            ["conf/b.cfg", "new"],
        ]);
    });

    it("refuses a change when another process has written meanwhile", async () => {
        const volume = new FakeVolume();
        await volume.folder.apply(set("conf/a.cfg", ""));
        const folder = new ConfigFolder(volume.run, async argv => {
            const verdict = await volume.check(argv);
            volume.versions.set(9, new Map());
            volume.current = 9;
            return verdict;
        });
        await expect(folder.apply(set("conf/b.cfg", ""))).rejects.toThrow("somebody else wrote");
        expect(volume.current).toBe(9);
    });

    it.each(["/etc/passwd", "conf/../../x", "x", "conf/a/b", "check/conf/x", "conf/.hidden", "conf/a b"])(
        "never writes %j",
        async path => {
            const volume = new FakeVolume();
            await expect(volume.folder.apply(set(path, "x"))).rejects.toThrow(/cannot be a file/);
            expect(volume.versions.size).toBe(0);
        },
    );

    it("takes back one change, and keeps those that came after it", async () => {
        const { folder } = new FakeVolume();
        await folder.apply(files => files.set("conf/a.cfg", "old").set("conf/gone.cfg", "was here"));
        const { undo } = await folder.apply(files => {
            files.delete("conf/gone.cfg");
            return files.set("conf/a.cfg", "new").set("conf/b.cfg", "new").set("conf/c.cfg", "new");
        });
        await folder.apply(set("conf/c.cfg", "newer"));
        await folder.apply(undo);
        expect(await folder.read()).toEqual(
            new Map([
                ["conf/a.cfg", "old"],
                ["conf/c.cfg", "newer"],
                ["conf/gone.cfg", "was here"],
            ]),
        );
    });

    it("can be changed again after a failure of the volume", async () => {
        const volume = new FakeVolume();
        let broken = true;
        const folder = new ConfigFolder(
            (argv, stdin) =>
                broken
                    ? Promise.resolve({ stdout: "", stderr: "No space left", exitCode: 1 })
                    : volume.run(argv, stdin),
            volume.check,
        );
        await expect(folder.apply(set("conf/a.cfg", ""))).rejects.toThrow("No space left");
        broken = false;
        expect(await folder.apply(set("conf/a.cfg", ""))).toMatchObject({ version: 1 });
    });
});

describe("the output of haproxy -c", () => {
    it("gives one problem for each alert, with the text of the line", () => {
        const files = new Map([["conf/40-x.cfg", "backend bad\n  nonsense\n"]]);
        expect(parseCheck(captured("check-failure"), files)).toEqual([
            {
                file: "conf/40-x.cfg",
                line: 2,
                text: "nonsense",
                message: "unknown keyword 'nonsense' in 'backend' section",
            },
        ]);
    });

    it("names the setting of a user's own line", () => {
        const text = `backend bad\n${rawLines("services.web.haproxy.backend", ["nonsense"]).join("\n")}\n`;
        const output = captured("check-failure").replace(/(40-x\.cfg):2/, "$1:3");
        const problems = parseCheck(output, new Map([["conf/40-x.cfg", text]]));
        expect(new ConfigRejected(problems).message).toContain(
            "  relink:services.web.haproxy.backend[0] (nonsense): unknown keyword 'nonsense' in 'backend' section",
        );
    });

    it("names the setting of a line that relink has written, and no hash of a password", () => {
        const output = `[ALERT] (1) : config : parsing [/x/check/conf/05-users-web.cfg:3] : 'user alice password ${"$6$a$b"}' : no.`;
        const text = "# Users.\nuserlist users-of-web\n    user alice password $6$a$b\n";
        expect(parseCheck(output, new Map([["conf/05-users-web.cfg", text]]))).toEqual([
            {
                file: "conf/05-users-web.cfg",
                line: 3,
                setting: "users",
                text: "user alice password [hidden]",
                message: "'user alice password [hidden]' : no.",
            },
        ]);
    });

    it("is passed on as a whole when it names no line", () => {
        expect(parseCheck("[ALERT] (1) : config : no <listen> line.\n", new Map())).toEqual([
            { message: "no <listen> line." },
        ]);
        expect(parseCheck("killed", new Map())).toEqual([{ message: "killed" }]);
        expect(parseCheck("", new Map())).toEqual([{ message: "haproxy -c failed and said nothing" }]);
    });
});

describe("maps in the folder", () => {
    it("exist and are empty from the start, because HAProxy does not start without them", () => {
        const files = emptyMaps();
        expect([...files.keys()].sort()).toEqual([
            "maps/challenges.map",
            "maps/confirm.map",
            "maps/link.map",
            "maps/releases.map",
            "maps/routes.map",
        ]);
        expect(readMap(files, "link")).toEqual(new Map());
    });

    it("get the routes of an earlier version, which have only hosts, as host and path", () => {
        const files = emptyMaps();
        for (const [key, service] of [
            ["*", "web"],
            ["shop.example.com", "shop"],
            ["shop.example.com/api/", "api:/api:strip"],
        ] as const) {
            writeMapEntry(files, "routes", key, service);
        }
        closeRouteKeys(files);
        expect(readMap(files, "routes")).toEqual(
            new Map([
                ["*/", "web"],
                ["shop.example.com/", "shop"],
                ["shop.example.com/api/", "api:/api:strip"],
            ]),
        );
    });

    it("end a route's key with a slash, so that /api does not get the requests of /apix", () => {
        expect(["*", "shop.example.com", "shop.example.com/api"].map(text => routeKey(parseRoute(text)))).toEqual([
            "*/",
            "shop.example.com/",
            "shop.example.com/api/",
        ]);
    });

    it("hold routes that read back as the same routes", () => {
        for (const text of ["*", "*/api (stripped)", "shop.example.com", "*.example.com/a/b"]) {
            const route = parseRoute(text);
            const entries = new Map([[routeKey(route), routeValue(route, "web")]]);
            expect(parseRoutes(entries)).toEqual([{ route, service: "web" }]);
        }
        expect(parseRoutes(new Map([["shop.example.com", "web"]]))).toEqual([
            { route: parseRoute("shop.example.com"), service: "web" },
        ]);
    });

    it("take, change and lose entries, and equal entries give equal text", () => {
        const files = emptyMaps();
        const empty = files.get("maps/routes.map");
        writeMapEntry(files, "routes", "shop.example.com", "web");
        writeMapEntry(files, "routes", "*", "web");
        writeMapEntry(files, "routes", "shop.example.com", "shop");
        expect(readMap(files, "routes")).toEqual(
            new Map([
                ["*", "web"],
                ["shop.example.com", "shop"],
            ]),
        );
        removeMapEntry(files, "routes", "*");
        removeMapEntry(files, "routes", "shop.example.com");
        removeMapEntry(files, "routes", "never.there");
        expect(files.get("maps/routes.map")).toBe(empty);
        expect(() => writeMapEntry(files, "routes", "a b", "web")).toThrow();
        expect(() => writeMapEntry(files, "routes", "a", "web\nb web")).toThrow();
    });
});
