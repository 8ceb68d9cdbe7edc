import { describe, expect, it } from "vitest";
import { choosePorts } from "../../../examples/demo/Ports";
import { errors, parseRow, resourceCounts, shortDiff, withoutFigures } from "../../../examples/demo/pulumiText";
import { table } from "../../../examples/demo/Scenario";
import { wrap } from "../../../examples/demo/Terminal";

describe("the demo's rows of pulumi up", () => {
    const deployment = " ~  pulumi-nodejs:dynamic/relink:Deployment web-green";

    it("show the status of a deployment without the diff and the time", () => {
        const line = `${deployment} updating (2s) [diff: ~digest,image]; waiting for HAProxy's health check (0.7 s)`;
        expect(parseRow(line)).toEqual({ name: "web-green", text: "waiting for HAProxy's health check", isOurs: true });
    });

    it("show the plan's sentence once, under the service's name", () => {
        const line = "    relink:index:BlueGreenService web  web: nothing to do: blue serves relink-hello:v1.";
        expect(parseRow(line)).toEqual({
            name: "web",
            text: "nothing to do: blue serves relink-hello:v1.",
            isOurs: false,
        });
    });

    it("distinguish the link from the service of the same name", () => {
        const line = " ~  pulumi-nodejs:dynamic/relink:Link web updating (1s) [diff: ~link]; link green => blue";
        expect(parseRow(line)).toEqual({ name: "web link", text: "link green => blue", isOurs: true });
    });

    it("say that something was created, but not that it is being created", () => {
        const container = " +  docker:index:Container front-anchor";
        expect(parseRow(`${container} creating (0s) `)).toBeUndefined();
        expect(parseRow(`${container} created (0.87s) `)).toEqual({
            name: "front-anchor",
            text: "created",
            isOurs: false,
        });
    });

    it("leave out everything that is not a row", () => {
        for (const line of [
            "Updating (demo):",
            "",
            "        2026-11-23T02:04:26.867Z hello v3 starts, broken: /healthz answers 500 for ever",
            "    pulumi:pulumi:Stack relink-demo running error: web: not released, see above.",
            "    13 unchanged",
        ]) {
            expect(parseRow(line), line).toBeUndefined();
        }
    });

    it("are equal if only figures differ", () => {
        const row = (text: string) => withoutFigures({ name: "web-green", text });
        expect(row("healthy for 0.5 s of 2.0 s")).toBe(row("healthy for 1.6 s of 2.0 s"));
        expect(row("starting 2 containers")).not.toBe(row("removing 2 containers"));
    });
});

describe("the demo's preview", () => {
    const diff = `Previewing update (demo):
  pulumi:pulumi:Stack: (same)
    [urn=urn:pulumi:demo::relink::pulumi:pulumi:Stack::relink-demo]
    ~ pulumi-nodejs:dynamic/relink:Deployment: (update)
        [id=relink-demo/web/green]
        [urn=urn:pulumi:demo::relink::relink:index:BlueGreenService$x:Deployment::web-green]
      ~ __plan (hidden)
      ~ image   : "relink-hello:v1" => "relink-hello:v2"
      ~ revision: 2 => 3
      + settings: {
          + dns: []
        }
      ~ state   : "empty" => "running"
    --outputs:--
  ~ services: {
    }
Resources:
    ~ 2 to update
    13 unchanged
`;

    it("shows what changes, without URNs, ids, settings and outputs", () => {
        expect(shortDiff(diff)).toEqual([
            "    ~ relink:Deployment: (update) web-green",
            '      ~ image   : "relink-hello:v1" => "relink-hello:v2"',
            '      ~ state   : "empty" => "running"',
        ]);
    });

    it("counts the resources in one line", () => {
        expect(resourceCounts(diff)).toBe("~ 2 to update, 13 unchanged");
    });
});

it("the demo shows the errors of pulumi up with the lines that belong to them, and nothing else", () => {
    const output = `Diagnostics:
  relink:index:BlueGreenService (web):
    web: green gets relink-hello:v3.

  pulumi-nodejs:dynamic/relink:Deployment (web-green):
    error: web: relink-hello:v3 was not released on green.
    Last log line of relink-demo-web-green-1:
        hello v3 starts

Resources:
    13 unchanged
`;
    expect(errors(output)).toEqual([
        "error: web: relink-hello:v3 was not released on green.\n" +
            "    Last log line of relink-demo-web-green-1:\n        hello v3 starts",
    ]);
});

it("the demo's table fits into 80 columns and adds up", () => {
    const scenario = {
        name: "nothing to do",
        requests: 12_345_678,
        failed: 2,
        p50Ms: 1.234,
        p99Ms: 1234.5,
        seconds: 99.95,
    };
    const lines = table([
        { ...scenario, switchP99Ms: null },
        { ...scenario, switchP99Ms: 23.42 },
    ]).split("\n");
    expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(80);
    expect(lines.at(-1)).toMatch(/^total +24,691,356 +4 +199\.9$/);
});

it("the demo breaks lines between words, at 80 columns", () => {
    const lines = wrap("word ".repeat(40).trim(), "    ", "  * ").split("\n");
    expect(lines.length).toBe(3);
    expect(lines[0]).toMatch(/^ {2}\* word/);
    expect(lines[1]).toMatch(/^ {4}word/);
    expect(Math.max(...lines.map(line => line.length))).toBeLessThanOrEqual(80);
});

describe("the demo's ports", () => {
    const free =
        (...taken: number[]) =>
        async (port: number) =>
            !taken.includes(port);

    it("are the first four that are free", async () => {
        expect(await choosePorts(undefined, free(8801))).toEqual({
            http: 8810,
            https: 9173,
            preview: 8811,
            metrics: 8812,
        });
    });

    it("are those of the environment, or an error that names the one that is taken", async () => {
        expect((await choosePorts("9000", free())).http).toBe(9000);
        await expect(choosePorts("9000", free(9363))).rejects.toThrow(
            /taken by another program on 127\.0\.0\.1: port 9363 \(https\)\./,
        );
        await expect(choosePorts("web", free())).rejects.toThrow("RELINK_DEMO_PORT=web is not a port");
    });
});
