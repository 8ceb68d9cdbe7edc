import { describe, expect, it } from "vitest";
import { accessIn, removeAccess, rulesIn, writeListeners } from "../../../front/listenerFiles";
import { hasStackRules, writeStackRules } from "../../../front/stackRules";
import type { StackRules } from "../../../model/StackRules";

const near = { gateway: "10.89.0.1", anchor: "10.89.0.2" };
const hash = `$6$abcdefgh$${"x".repeat(86)}`;
const front = {
    name: "shop-prod",
    trustedProxies: ["10.0.0.0/8"],
    healthPath: "/up",
    access: { shop: { allow: ["10.0.0.0/8"] } },
};
const none: StackRules = { names: ["web-12"], access: {}, services: {}, users: {} };
const rules: StackRules = {
    ...none,
    access: { "web-12": { basic: ["alice"] } },
    services: { "web-12": { match: [{ cookie: "beta" }] } },
    users: { alice: hash },
};

/** The files as the front's own stack has written them. */
function filesOf(): Map<string, string> {
    const files = new Map<string, string>();
    writeListeners(files, front, near);
    return files;
}

describe("what the listeners do for a stack that uses another stack's front", () => {
    it("is written beside what they do for others, and says nothing of the front itself", () => {
        const files = filesOf();
        const before = files.get("conf/10-frontends.cfg")!;
        writeStackRules(files, rules);
        expect(accessIn(files)).toEqual({ shop: { allow: ["10.0.0.0/8"] }, "web-12": { basic: ["alice"] } });
        expect(rulesIn(files)).toEqual(rules.services);
        expect(files.get("conf/05-users-web-12.cfg")).toContain(`user alice password ${hash}`);
        const lines = new Set(files.get("conf/10-frontends.cfg")!.split("\n"));
        expect(before.split("\n").filter(line => !lines.has(line))).toEqual([]);
        expect([...lines].filter(line => line.includes("web-12"))).not.toEqual([]);
    });

    it("is there once it is written, and is written again where it differs", () => {
        const files = filesOf();
        expect(hasStackRules(files, rules)).toBe(false);
        writeStackRules(files, rules);
        expect(hasStackRules(files, rules)).toBe(true);
        expect(hasStackRules(files, { ...rules, users: { alice: hash.replace("x", "y") } })).toBe(false);
        expect(hasStackRules(files, none)).toBe(false);
        writeStackRules(files, none);
        expect(files).toEqual(filesOf());
    });

    it("is there also where another version of relink has rendered it", () => {
        const files = filesOf();
        writeStackRules(files, rules);
        files.set("conf/10-frontends.cfg", `# of another version\n${files.get("conf/10-frontends.cfg")}`);
        expect(hasStackRules(files, rules)).toBe(true);
    });

    it("goes with the service", () => {
        const files = filesOf();
        writeStackRules(files, rules);
        removeAccess(files, "web-12");
        expect(files).toEqual(filesOf());
    });

    it("is nothing for a stack without rules, also where an earlier version wrote the listeners", () => {
        const files = filesOf();
        files.delete("data/listeners.json");
        expect(hasStackRules(files, none)).toBe(true);
        expect(() => hasStackRules(files, rules)).toThrow("run pulumi up in the front's own stack first");
    });
});
