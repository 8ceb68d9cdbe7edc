import { describe, expect, it } from "vitest";
import { LinkValue } from "../../../model/LinkValue";
import { chosenUsersPercent } from "../../../model/Share";

describe("the link's value", () => {
    it.each([
        "blue:green:0",
        "green:blue:100",
        "blue:green:7",
        "none:blue:0",
        "none:green:0",
        "blue:green:25:cookie",
        "blue:green:5:hash",
        "blue:green:0:match",
        "green:blue:0:cookie:match",
        "green:blue:0:failover",
    ])("reads and writes %s", text => {
        expect(LinkValue.parse(text).toString()).toBe(text);
    });

    it.each([
        "",
        "blue",
        "blue:green",
        "blue:blue:0",
        "green:none:0",
        "blue:green:101",
        "blue:green:-1",
        "blue:green:07",
        "blue:green:1.5",
        "blue:green:0 ",
        "blue:green:0\n",
        "Blue:green:0",
        "red:green:0",
        "blue:green:0:x",
        "blue:green:25:match",
        "blue:green:0:match:cookie",
        "blue:green:5:failover",
        "blue:green:0:cookie:failover",
        "blue:green:0:match:failover",
        "none:blue:0:failover",
    ])("refuses %j", text => {
        expect(() => LinkValue.parse(text)).toThrow(/is not a link/);
    });

    it("names the live color, the idle one and its share", () => {
        expect(LinkValue.to("green")).toMatchObject({ live: "green", idle: "blue", percent: 0 });
        expect(LinkValue.none()).toMatchObject({ live: "none", idle: "blue", percent: 0 });
        expect(LinkValue.to("blue").withPercent(25).toString()).toBe("blue:green:25");
        expect(() => LinkValue.to("blue").withPercent(101)).toThrow();
    });

    it("names the way in which users stay on a color, and the colors that get requests", () => {
        const canary = LinkValue.to("blue").withPercent(25, "cookie");
        expect(canary.toString()).toBe("blue:green:25:cookie");
        expect(canary.reached).toEqual(["blue", "green"]);
        expect(LinkValue.to("blue").reached).toEqual(["blue"]);
        expect(LinkValue.none().reached).toEqual([]);
    });

    it("reaches both colors where chosen users alone get the idle one", () => {
        const chosen = LinkValue.to("blue").withPercent(chosenUsersPercent, "cookie");
        expect(chosen.toString()).toBe("blue:green:0:cookie:match");
        expect(LinkValue.parse("blue:green:0:cookie:match")).toMatchObject({
            percent: chosenUsersPercent,
            sticky: "cookie",
        });
        expect(chosen.reached).toEqual(["blue", "green"]);
        expect(chosen.withPercent(0).toString()).toBe("blue:green:0");
    });

    it("reaches the idle color by failover alone, and loses that with every move and share", () => {
        const link = LinkValue.to("blue").withFailover();
        expect(link).toMatchObject({ live: "blue", idle: "green", percent: 0, failover: true });
        expect(link.reached).toEqual(["blue"]);
        expect(link.reachable).toEqual(["blue", "green"]);
        expect(LinkValue.to("blue").reachable).toEqual(["blue"]);
        expect(link.withPercent(5).toString()).toBe("blue:green:5");
        expect(link.equals(LinkValue.to("blue"))).toBe(false);
        expect(() => LinkValue.none().withFailover()).toThrow();
    });

    it("equals a link with the same text", () => {
        expect(LinkValue.to("blue").equals(LinkValue.parse("blue:green:0"))).toBe(true);
        expect(LinkValue.to("blue").equals(LinkValue.none())).toBe(false);
        expect(LinkValue.to("blue").equals(undefined)).toBe(false);
    });
});
