import { describe, expect, it } from "vitest";
import { isOwn, ownRecord, ownServices, usersOf, usersText } from "../../../model/ownership";
import { emptyRecord, parseRecord, type ServiceRecord } from "../../../model/Record";
import type { Target } from "../../../model/Target";

const owner: Target = { project: "shop", stack: "prod", front: "shop-prod" };
const user: Target = { project: "shop", stack: "pr-12", front: "shop-prod", uses: true };

function written(service: string, stack?: string): ServiceRecord {
    return { ...emptyRecord(service), serial: 1, ...(stack !== undefined && { format: 2, stack }) };
}

describe("a service of a front that several stacks use", () => {
    it("belongs to the stack that its record names, else to the stack that owns the front", () => {
        expect([owner, user].map(target => isOwn(written("web"), target))).toEqual([true, false]);
        expect([owner, user].map(target => isOwn(written("web", "shop/pr-12"), target))).toEqual([false, true]);
        expect([owner, user].map(target => isOwn(written("web", "shop/pr-13"), target))).toEqual([false, false]);
    });

    it("belongs to whichever stack owns the front, also after another one has taken that over", () => {
        expect(isOwn(written("web"), { project: "shop", stack: "renamed" })).toBe(true);
    });

    it("has a record that an earlier version of relink refuses", () => {
        const record = ownRecord(emptyRecord("web"), user);
        expect(record).toMatchObject({ format: 2, stack: "shop/pr-12" });
        expect(parseRecord(JSON.stringify(record), "web.json")).toEqual(record);
        expect(ownRecord(emptyRecord("web"), owner)).toEqual(emptyRecord("web"));
    });

    it.each([
        ["of the owner, by a stack that uses the front", written("web"), user, "the stack that owns the front"],
        ["of a stack that uses the front, by the owner", written("web", "shop/pr-12"), owner, "the stack shop/pr-12"],
        ["of one such stack, by another", written("web", "shop/pr-13"), user, "the stack shop/pr-13"],
    ])("is never written %s", (_, record, target, words) => {
        expect(() => ownRecord(record, target)).toThrow(
            `web: ${words} has a service of this name on the front shop-prod. Nothing was changed`,
        );
    });

    it("is listed for its own stack, and with those of the other stacks by their name", () => {
        const records = [written("web"), written("web-12", "shop/pr-12"), written("b", "x/a"), written("a", "x/a")];
        const services = new Map(records.map(record => [record.service, record]));
        expect(ownServices({ services }, owner)).toEqual(["web"]);
        expect(ownServices({ services }, user)).toEqual(["web-12"]);
        expect(usersText(usersOf({ services }))).toBe("shop/pr-12 (web-12), x/a (a, b)");
    });
});
