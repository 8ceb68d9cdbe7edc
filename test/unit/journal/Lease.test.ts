import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { LeaseHeld } from "../../../journal/leaseErrors";
import { LeaseLost } from "../../../up/stop";
import { RecordFixture } from "../providers/shell";

// The scripts run in a real shell with a real flock, as in the anchor.

const record = new RecordFixture();

/** @returns the lines of the lease file: epoch, expiry, token, owner */
function lines(): string[] {
    return record.folder.read("lease").trimEnd().split("\n");
}

/** Lets the lease run out, as after twenty seconds without a heartbeat. */
function expire(): void {
    const [epoch, , token, owner] = lines();
    record.folder.write("lease", `${[epoch, 1, token, owner].join("\n")}\n`);
}

/** Writes another process as the holder of the lease. */
function heldByProcess(pid: number): void {
    const [epoch, expires, token, owner = ""] = lines();
    record.folder.write("lease", `${[epoch, expires, token, owner.replace(/\d+$/, String(pid))].join("\n")}\n`);
}

describe("a lease", () => {
    it("goes to the first up that asks, in a file that only root can read", async () => {
        const lease = record.lease("relink/one");
        expect(lease.held).toBe(false);
        await lease.take();
        expect(lease.held).toBe(true);
        const [epoch, expires, token, owner] = lines();
        expect(epoch).toBe("1");
        expect(Number(expires)).toBeGreaterThan(1e9);
        expect(token).toMatch(/^[0-9a-f]{16}$/);
        expect(owner).toContain(`@${hostname()}, stack relink/one, process ${process.pid}`);
        expect(statSync(join(record.folder.path, "lease")).mode & 0o777).toBe(0o600);
    });

    it("is taken once, although its holder asks for it several times, also at once", async () => {
        const lease = record.lease("relink/one");
        await Promise.all([lease.take(), lease.take(), lease.guarded(":", [])]);
        await lease.take();
        expect(lines()[0]).toBe("1");
    });

    it("is refused to a second up, with the holder and the time left", async () => {
        await record.lease("relink/one").take();
        const second = record.lease("relink/two");
        const refusal = (await second.take().catch(error => error)) as LeaseHeld;
        expect(refusal).toBeInstanceOf(LeaseHeld);
        expect(refusal.owner).toContain("stack relink/one");
        expect(refusal.secondsLeft).toBeGreaterThan(0);
        expect(refusal.secondsLeft).toBeLessThanOrEqual(20);
        expect(refusal.message).toMatch(
            /^another up is at work on this front: .+, stack relink\/one, process \d+\. Nothing was changed\. Wait for it to end and run pulumi up again; if it died, its lease runs out in \d+ s$/,
        );
        expect(second.held).toBe(false);
        expect(lines()[0]).toBe("1");
    });

    it("can be asked for again after a refusal", async () => {
        const first = record.lease("relink/one");
        await first.take();
        const second = record.lease("relink/two");
        await expect(second.take()).rejects.toBeInstanceOf(LeaseHeld);
        await first.release();
        await second.take();
        expect(second.held).toBe(true);
    });

    it("is waited for while another up has it, and the user reads once which one", async () => {
        const first = record.lease("relink/one");
        await first.take();
        const told: string[] = [];
        const second = record.lease("relink/two", text => void told.push(text));
        const taken = second.take(20_000);
        await new Promise(resolve => setTimeout(resolve, 1_200));
        expect(second.held).toBe(false);
        await first.release();
        await taken;
        expect(told).toEqual([expect.stringMatching(/^waiting for another up to end: .*stack relink\/one/)]);
    });

    it("is waited for by the first step that asks for it, which may not say how long", async () => {
        const first = record.lease("relink/one");
        await first.take();
        const second = record.lease("relink/two", undefined, { waitMs: 30_000 });
        const taken = second.take();
        await first.release();
        await taken;
        expect(second.held).toBe(true);
    });

    it("is waited for no longer than the time limit", async () => {
        await record.lease("relink/one").take();
        await expect(record.lease("relink/two").take(50)).rejects.toBeInstanceOf(LeaseHeld);
    });

    it("goes to exactly one of many ups that ask at the same time", async () => {
        const contenders = Array.from({ length: 8 }, (_, index) => record.lease(`relink/${index}`));
        const results = await Promise.allSettled(contenders.map(lease => lease.take()));
        expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
        expect(contenders.filter(({ held }) => held)).toHaveLength(1);
        for (const result of results) {
            if (result.status === "rejected") {
                expect(result.reason).toBeInstanceOf(LeaseHeld);
            }
        }
    });

    it("is given back at the end, and its epoch is never used again", async () => {
        const first = record.lease("relink/one");
        await first.take();
        await first.release();
        expect(lines()).toEqual(["1", "0", "-", "-"]);
        expect(first.held).toBe(false);
        await record.lease("relink/two").take();
        expect(lines()[0]).toBe("2");
    });

    it("that was never taken can be given back without an effect", async () => {
        await record.lease("relink/one").release();
        expect(() => lines()).toThrow("ENOENT");
    });
});

describe("a lease that has run out", () => {
    it("goes to the next up that asks, and its first holder can write nothing more", async () => {
        const first = record.lease("relink/one");
        await first.guarded('cat > "$1"', ["link"], "blue");
        expire();
        const second = record.lease("relink/two");
        await second.guarded('cat > "$1"', ["link"], "green");
        expect(lines()[0]).toBe("2");

        await expect(first.guarded('cat > "$1"', ["link"], "blue")).rejects.toBeInstanceOf(LeaseLost);
        expect(record.folder.read("link")).toBe("green");
        await expect(first.verify()).rejects.toThrow("another up has taken over this front, so this one stops here");
        expect(first.held).toBe(false);
    });

    it("is not given back by the holder that lost it", async () => {
        const first = record.lease("relink/one");
        await first.take();
        expire();
        const second = record.lease("relink/two");
        await second.take();
        await first.release().catch(() => {});
        expect(lines()[3]).toContain("stack relink/two");
        await second.verify();
    });

    it("is still its holder's after a long pause, if no other up has asked for it", async () => {
        const first = record.lease("relink/one");
        await first.take();
        expire();
        await first.verify();
        expect(first.held).toBe(true);
    });
});

describe("a lease whose holder's process is gone", () => {
    it("is taken over at once, and the user reads from which up", async () => {
        await record.lease("relink/one").take();
        heldByProcess(spawnSync("true").pid);
        const told: string[] = [];
        await record.lease("relink/two", text => void told.push(text)).take();
        expect(lines()[0]).toBe("2");
        expect(told).toEqual([expect.stringMatching(/^taking over from an up that died: .*stack relink\/one/)]);
    });

    it("is inherited by an up that has nothing to do, which gives it back", async () => {
        await record.lease("relink/one").take();
        heldByProcess(spawnSync("true").pid);
        const heir = record.lease("relink/one");
        await heir.inherit();
        expect(heir.held).toBe(true);
        await heir.release();
        expect(lines().slice(1, 3)).toEqual(["0", "-"]);
    });

    it("is not inherited while the process lives, or if no up has it", async () => {
        const heir = record.lease("relink/one");
        await heir.inherit();
        await record.lease("relink/two").take();
        await heir.inherit();
        expect(heir.held).toBe(false);
        expect(lines()[3]).toContain("stack relink/two");
    });

    it("is not taken over from a process on another machine, which nobody can look for", async () => {
        await record.lease("relink/one").take();
        const [epoch, expires, token, owner = ""] = lines();
        const [words, , pid] = owner.split("\t");
        expect(pid).toBe(String(process.pid));
        const elsewhere = [words, "another machine", spawnSync("true").pid].join("\t");
        record.folder.write("lease", `${[epoch, expires, token, elsewhere].join("\n")}\n`);
        await expect(record.lease("relink/two").take()).rejects.toBeInstanceOf(LeaseHeld);
    });
});

describe("a guarded script", () => {
    it("gets its arguments and its input unchanged, never as code", async () => {
        const lease = record.lease("relink/one");
        const odd = `'; touch hacked; echo "$(id)" \\`;
        const output = await lease.guarded('printf "%s|" "$@"; cat', ["a b", odd], `${odd}\n`);
        expect(output).toBe(`a b|${odd}|${odd}\n`);
        expect(() => record.folder.read("hacked")).toThrow("ENOENT");
    });

    it("runs in the record's folder, one at a time", async () => {
        const lease = record.lease("relink/one");
        record.folder.write("count", "0");
        await Promise.all(
            Array.from({ length: 12 }, () => lease.guarded("read -r n < count || :; echo $(( n + 1 )) > count", [])),
        );
        expect(record.folder.read("count").trim()).toBe("12");
    });

    it("that fails reports why", async () => {
        const lease = record.lease("relink/one");
        await expect(lease.guarded("echo no space left >&2; exit 3", [])).rejects.toThrow(
            "a step in the front's anchor failed (exit code 3): no space left",
        );
        expect(lease.held).toBe(true);
    });

    it("that cannot get its lock fails and changes nothing", async () => {
        const lease = record.lease("relink/one");
        await lease.take();
        record.folder.remove();
        await expect(lease.guarded("echo done", [])).rejects.toThrow();
    });
});
