import { describe, expect, it } from "vitest";
import { isReadOnlyScript } from "../../../haproxy/cli";
import { MasterSilent } from "../../../haproxy/FrontState";
import type { Run } from "../../../haproxy/Run";
import { ReloadFailed, Runtime } from "../../../haproxy/runtime";
import { assertEveryWorker, WorkerReplaced } from "../../../haproxy/WorkerResult";
import { captured } from "./captured";
import { fakeHaproxy } from "./fakeHaproxy";

const socketPath = "/relink/run/master-1.sock";
const worker = { generation: "1", socket: socketPath, pid: 16649 };
const second = { ...worker, pid: 11777 };

/** Answers of the worker that was captured. */
function worksAsCaptured(command: string): string {
    const answers: [RegExp, string][] = [
        [/^@!16649 show info/, captured("show-info")],
        [/^@!11777 show info/, captured("show-info-stopping")],
        [/ show env/, captured("show-env")],
        [/ show map .*link\.map/, "0x7f22a50295b0 web blue:green:0"],
        [/ show map .*routes\.map/, captured("show-map")],
        [/ show map .*releases\.map/, ""],
        [/ show servers state/, captured("show-servers-state")],
        [/ show stat/, captured("show-stat")],
    ];
    return answers.find(([pattern]) => pattern.test(command))?.[1] ?? `Unknown command: '${command}'`;
}

describe("observing HAProxy", () => {
    it("reads all workers of all generations in one exec, which counts as read-only", async () => {
        const { run, execs } = fakeHaproxy(worksAsCaptured, {
            [socketPath]: captured("show-proc"),
            "/relink/run/master-0.sock": "",
        });
        const front = await new Runtime(run).observe();

        expect(execs).toHaveLength(1);
        expect(isReadOnlyScript(execs[0]!.argv, execs[0]!.stdin)).toBe(true);
        expect(front.deadSockets).toEqual(["/relink/run/master-0.sock"]);
        expect(front.generations).toMatchObject([{ name: "1", masterPid: 28433, reloads: 4 }]);
        expect(front.workers.map(({ generation, pid, old }) => ({ generation, pid, old }))).toEqual([
            { generation: "1", pid: 16649, old: false },
            { generation: "1", pid: 11777, old: true },
        ]);
        const [current] = front.workers;
        expect(current!.links.get("web")!.live).toBe("blue");
        expect(current!.routes.get("*.example.com")).toBe("web");
        expect([...current!.backends.keys()]).toEqual(["web-blue", "web-green"]);
        expect(current!.backends.get("web-blue")!.servers.get(2)).toMatchObject({
            slot: 2,
            address: "127.0.0.2",
            port: 8081,
            admin: "drain",
            up: false,
            checkStatus: "L4CON",
        });
        expect(current!.backends.get("web-blue")!.servers.get(1)).toMatchObject({ admin: "ready", up: true });
    });

    it.each([
        ["hangs", "no answer, three times", 1],
        ["answers something else", "Permission denied", 0],
    ])("names the generation whose master %s", async (_name, words, code) => {
        const { run } = fakeHaproxy(worksAsCaptured, { [socketPath]: "" });
        const hung: Run = async (argv, stdin) => {
            const result = await run(argv, stdin);
            return { ...result, stdout: result.stdout.replace(/^socat.*$/m, words).replace(/ 1 (?=\/)/, ` ${code} `) };
        };
        const error = await new Runtime(hung).observe().catch(error => error);
        expect(error).toBeInstanceOf(MasterSilent);
        expect(error).toMatchObject({ generation: "1", words });
    });

    it("asks only about the named backends, and leaves out those that a worker does not have", async () => {
        const { run, execs } = fakeHaproxy(
            command =>
                command.includes("api-blue")
                    ? command.includes("servers state")
                        ? "Can't find backend."
                        : "No such proxy."
                    : worksAsCaptured(command),
            { [socketPath]: captured("show-proc") },
        );
        const front = await new Runtime(run).observe(["web-blue", "api-blue"]);
        const asked = execs[0]!.argv.filter(argument => /^show (servers|stat)/.test(argument));
        expect(asked).toEqual([
            "show servers state web-blue",
            "show stat web-blue 6 -1",
            "show servers state api-blue",
            "show stat api-blue 6 -1",
        ]);
        expect(isReadOnlyScript(execs[0]!.argv, execs[0]!.stdin)).toBe(true);
        expect(front.workers).toHaveLength(2);
        expect(front.workers[0]!.backends.get("web-blue")!.servers.get(1)).toMatchObject({ admin: "ready", up: true });
        expect(front.workers[0]!.backends.has("api-blue")).toBe(false);
        expect(front.workers[0]!.links.get("web")!.live).toBe("blue");

        expect((await new Runtime(run).observe([])).workers[0]!.backends.size).toBe(0);
    });

    it("takes the worker that goes on after a failed reload as the current one, although HAProxy 3.2 lists it as old", async () => {
        const { run } = fakeHaproxy(worksAsCaptured, { [socketPath]: captured("show-proc-failed-on-3.2") });
        const front = await new Runtime(run).observe();
        expect(front.generations).toMatchObject([{ failedReloads: 1, version: "3.2.26-1" }]);
        expect(front.workers).toMatchObject([{ pid: 16649, old: false }]);
    });

    it("takes a worker that reports that it is stopping as old, although its master lists it as current", async () => {
        const { run } = fakeHaproxy(
            command => (command === "@!16649 show info" ? captured("show-info-stopping") : worksAsCaptured(command)),
            { [socketPath]: captured("show-proc") },
        );
        expect((await new Runtime(run).observe()).workers.map(({ old }) => old)).toEqual([true, true]);
    });

    it("leaves out an old worker that exits during the look", async () => {
        const { run } = fakeHaproxy(
            command =>
                command.startsWith("@!11777")
                    ? "Can't find the target PID matching the prefix '@!11777'"
                    : worksAsCaptured(command),
            { [socketPath]: captured("show-proc") },
        );
        expect((await new Runtime(run).observe()).workers.map(({ pid }) => pid)).toEqual([16649]);
    });

    it("looks again if the current worker is replaced during the look", async () => {
        let looks = 0;
        const { run, execs } = fakeHaproxy(
            command => {
                looks += command.endsWith("show info") && command.startsWith("@!16649") ? 1 : 0;
                return looks === 1 && command.startsWith("@!16649")
                    ? "Can't find the target PID"
                    : worksAsCaptured(command);
            },
            { [socketPath]: captured("show-proc") },
        );
        expect((await new Runtime(run).observe()).workers).toHaveLength(2);
        expect(execs).toHaveLength(2);
    });
});

describe("changing a map", () => {
    const found = (value: string, key = "web") =>
        `type=str, case=sensitive, found=yes, idx=tree, key="${key}", value="${value}", type="str"`;
    const missing = captured("get-map-missing");

    it("sets and reads back in one exec, whose arguments have no keys and values", async () => {
        const { run, execs } = fakeHaproxy(command => (command.includes(" get map ") ? found("green:blue:0") : ""));
        const results = await new Runtime(run).setMap([worker, second], "link", "web", "green:blue:0");

        expect(results).toMatchObject([
            { worker, ok: true, gone: false },
            { worker: second, ok: true, gone: false },
        ]);
        expect(execs).toHaveLength(1);
        expect(execs[0]!.commands.map(({ command }) => command)).toEqual([
            "@!16649 set map /relink/config/current/maps/link.map web green:blue:0",
            "@!16649 get map /relink/config/current/maps/link.map web",
            "@!11777 set map /relink/config/current/maps/link.map web green:blue:0",
            "@!11777 get map /relink/config/current/maps/link.map web",
        ]);
        expect(execs[0]!.argv.join(" ")).not.toContain("green:blue");
        expect(isReadOnlyScript(execs[0]!.argv, execs[0]!.stdin)).toBe(false);
    });

    it("adds a key only to the workers that lack it", async () => {
        const added = new Set<string>();
        const { run, execs } = fakeHaproxy(command => {
            const [to, verb] = command.split(" ");
            if (verb === "add") {
                added.add(to!);
                return "";
            }
            const knows = to === "@!11777" || added.has(to!);
            return verb === "get"
                ? knows
                    ? found("web", "shop.example.com/")
                    : missing
                : knows
                  ? ""
                  : "entry not found.";
        });
        const results = await new Runtime(run).setMap([worker, second], "routes", "shop.example.com/", "web");
        expect(results).toMatchObject([
            { worker, ok: true },
            { worker: second, ok: true },
        ]);
        expect([...added]).toEqual(["@!16649"]);
        expect(execs).toHaveLength(2);
    });

    it("takes a route as removed if a shorter one answers for it", async () => {
        const { run } = fakeHaproxy(command =>
            command.includes(" get map ") ? found("web", "shop.example.com/") : "",
        );
        const results = await new Runtime(run).deleteMapEntry([worker], "routes", "shop.example.com/api/");
        expect(results).toMatchObject([{ worker, ok: true, gone: false }]);
    });

    it("reports a worker whose map reads back as something else", async () => {
        const { run } = fakeHaproxy(command => (command.includes(" get map ") ? found("blue:green:0") : ""));
        const [result] = await new Runtime(run).setMap([worker], "link", "web", "green:blue:0");
        expect(result).toMatchObject({
            ok: false,
            gone: false,
            error: expect.stringContaining("is blue:green:0 after"),
        });
    });

    it("reports HAProxy's own words", async () => {
        const { run } = fakeHaproxy(() => "Unknown map identifier. Please use #<id> or <file>.");
        const [result] = await new Runtime(run).addMap([worker], "link", "web", "blue:green:0");
        expect(result!.error).toBe("Unknown map identifier. Please use #<id> or <file>.");
    });

    it("removes a key that may be missing", async () => {
        const { run } = fakeHaproxy(command => (command.includes(" get map ") ? missing : "Key not found."));
        expect(await new Runtime(run).deleteMapEntry([worker], "confirm", "abc")).toMatchObject([{ ok: true }]);
    });

    it("counts as done in a worker or a generation that has exited", async () => {
        const { run } = fakeHaproxy(command =>
            command.startsWith("@!11777") ? "Can't find the target PID matching the prefix '@!11777'" : undefined,
        );
        expect(await new Runtime(run).setMap([worker, second], "link", "web", "blue:green:0")).toMatchObject([
            { ok: true, gone: true },
            { ok: true, gone: true },
        ]);
    });

    it.each(["web x", "web;show", "web\nx", "", 'a"b', "a\\b"])("refuses the key %j", async key => {
        const { run, execs } = fakeHaproxy(() => "");
        expect(() => new Runtime(run).addMap([worker], "link", key, "blue:green:0")).toThrow();
        await expect(new Runtime(run).setMap([worker], "link", "web", key)).rejects.toThrow();
        expect(execs).toEqual([]);
    });
});

describe("changing a slot", () => {
    const state = (address: string, port: number, admin: number) =>
        `1\n# be_name srv_name srv_addr srv_port srv_admin_state srv_op_state\nweb-blue slot-2 ${address} ${port} ${admin} 0`;

    it("sends address, state and health in this order and reads them back", async () => {
        const { run, execs } = fakeHaproxy(command =>
            command.includes("show servers")
                ? state("10.0.0.9", 8080, 12)
                : command.includes(" addr ")
                  ? "nothing changed"
                  : "",
        );
        const change = { address: "10.0.0.9", port: 8080, state: "drain", health: "down" } as const;
        expect(await new Runtime(run).setServer([worker], "web-blue", 2, change)).toMatchObject([{ ok: true }]);
        expect(execs.flatMap(({ commands }) => commands.map(({ command }) => command))).toEqual([
            "@!16649 set server web-blue/slot-2 addr 10.0.0.9 port 8080",
            "@!16649 set server web-blue/slot-2 state drain",
            "@!16649 set server web-blue/slot-2 health down",
            "@!16649 show servers state web-blue",
        ]);
    });

    it("reports a slot that did not change, and a worker that refuses", async () => {
        const took = fakeHaproxy(command => (command.includes("show servers") ? state("10.0.0.9", 8080, 5) : ""));
        expect(await new Runtime(took.run).setServer([worker], "web-blue", 2, { state: "ready" })).toMatchObject([
            { ok: false, error: expect.stringContaining("did not take") },
        ]);
        const old = fakeHaproxy(command =>
            command.includes("show servers") ? state("10.0.0.9", 8080, 0) : "Proxy is disabled.",
        );
        expect(await new Runtime(old.run).setServer([worker], "web-blue", 2, { state: "ready" })).toMatchObject([
            { ok: false, error: "Proxy is disabled." },
        ]);
    });

    it("refuses a value that is not a backend, slot, address or state", async () => {
        const runtime = new Runtime(fakeHaproxy(() => "").run);
        for (const [backend, slot, change] of [
            ["web", 1, {}],
            ["web-blue;x", 1, {}],
            ["web-blue", 0, {}],
            ["web-blue", 1, { address: "host" }],
            ["web-blue", 1, { port: 80 }],
            ["web-blue", 1, { state: "ready; disable server x/y" as "ready" }],
            ["web-blue", 1, { health: "maybe" as "up" }],
        ] as const) {
            await expect(runtime.setServer([worker], backend, slot, change)).rejects.toThrow();
        }
    });
});

describe("a change", () => {
    const taken = { worker, ok: true, gone: false };
    const refused = { worker: second, ok: false, gone: false, error: "No such server." };

    it("is not done if one of several workers refuses it", () => {
        expect(() => assertEveryWorker("a link", [taken, refused])).toThrow(
            "generation 1, worker 11777: No such server.",
        );
        expect(() => assertEveryWorker("a link", [taken, taken])).not.toThrow();
    });

    it("is tried again only if all workers that refused it were replaced", () => {
        const replaced = { ...refused, error: "Proxy is disabled." };
        expect(() => assertEveryWorker("a link", [taken, replaced])).toThrow(WorkerReplaced);
        expect(() => assertEveryWorker("a link", [refused, replaced])).not.toThrow(WorkerReplaced);
    });
});

describe("reloading", () => {
    it("returns HAProxy's log, and throws it when the reload failed", async () => {
        const good = new Runtime(fakeHaproxy(() => captured("reload-success")).run);
        expect((await good.reload("1")).log).toContain("Loading success");
        const bad = new Runtime(fakeHaproxy(() => captured("reload-failure")).run);
        await expect(bad.reload("1")).rejects.toThrow(ReloadFailed);
        await expect(bad.reload("1")).rejects.toThrow(/unknown keyword 'nonsense'/);
    });

    it("fails if no generation runs", async () => {
        await expect(new Runtime(fakeHaproxy(() => undefined).run).reload("3")).rejects.toThrow(
            /does not answer on .*master-3/,
        );
        await expect(new Runtime(fakeHaproxy(() => "").run).reload("../x")).rejects.toThrow();
    });

    it("happens one at a time", async () => {
        const { run } = fakeHaproxy(() => captured("reload-success"));
        let now = 0;
        let most = 0;
        const runtime = new Runtime(async (argv, stdin) => {
            most = Math.max(most, ++now);
            await new Promise(resolve => setImmediate(resolve));
            now--;
            return run(argv, stdin);
        });
        await Promise.all([runtime.reload("1"), runtime.reload("1"), runtime.reload("2")]);
        expect(most).toBe(1);
    });
});

describe("judging an exec", () => {
    const argvOf = async (...commands: string[]) => {
        const { run, execs } = fakeHaproxy(() => "");
        await new Runtime(run).batch(commands.map(command => ({ socket: socketPath, command })));
        return execs[0]!;
    };

    it("takes relink's own scripts with reading commands as read-only", async () => {
        const { argv, stdin } = await argvOf(
            "show proc",
            "@!12 show map /relink/config/current/maps/link.map",
            "@1 show stat",
        );
        expect(isReadOnlyScript(argv, stdin)).toBe(true);
    });

    it("takes no other exec as read-only", async () => {
        const { argv } = await argvOf("show proc");
        const changing = await argvOf("show proc", "@!12 set map /x a b");
        expect(isReadOnlyScript(changing.argv, changing.stdin)).toBe(false);
        for (const other of [
            [...argv.slice(0, 5), socketPath, "@!12 set map /x a b"],
            [...argv.slice(0, 5), socketPath, "show proc; reload"],
            [...argv.slice(0, 5), socketPath, "show ssl cert"],
            [...argv.slice(0, 5), socketPath],
            argv.slice(0, 5),
            ["sh", "-c", `${argv[2]}; rm -rf /`, ...argv.slice(3)],
            ["rm", "-rf", "/"],
            ["sh"],
            [],
        ]) {
            expect(isReadOnlyScript(other), other.join(" ")).toBe(false);
        }
        expect(isReadOnlyScript(argv, `${socketPath} reload\n`)).toBe(false);
    });

    it("refuses to send two commands as one", async () => {
        for (const command of ["show proc; reload", "show proc\nreload", "set map <<", ""]) {
            await expect(argvOf(command)).rejects.toThrow(/cannot be sent/);
        }
    });
});
