import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BareFront } from "../support/BareFront";

// What the listeners believe, refuse and let nobody have, with real HAProxy and an app that says what it got.

let front: BareFront;

beforeAll(async () => {
    front = await BareFront.start({}, ["*", "shop.example.com/api (stripped)"]);
});

afterAll(async () => {
    await front?.remove();
});

/** The longest name that DNS has, with a port: the longest Host that can mean something. */
const longestHost = `${Array.from({ length: 4 }, () => "h".repeat(62)).join(".")}.h:65535`;

describe("A request that nearly fills HAProxy's buffer", () => {
    const head = (host: string, length: number) => {
        const lines = ["GET /api/x HTTP/1.1", `host: ${host}`];
        return [...lines, `cookie: ${"c".repeat(length)}`];
    };
    /** Every status that heads around the end of the buffer are answered, and that HAProxy counts none as an error. */
    const statuses = async (host: string) => {
        const seen = new Set<string>();
        for (let length = 13_500; length < 15_500; length += 10) {
            seen.add(String((await front.ask(head(host, length)))?.status));
        }
        return [...seen].sort();
    };

    // HAProxy reads 15,360 bytes and keeps 1,024 for the headers that it adds (tune.bufsize, tune.maxrewrite).
    it.each([
        ["a Host with 933 digits as its port", `shop.example.com:${"1".repeat(933)}`, ["400"]],
        ["the longest Host that there is", longestHost, ["200", "400"]],
        ["a plain Host, on a route whose path is taken off", "shop.example.com", ["200", "400"]],
    ])("%s: it is passed on or refused, and never an error of the app", async (_name, host, wanted) => {
        const before = await front.errors();
        expect(await statuses(host)).toEqual(wanted);
        expect(await front.errors()).toBe(before);
    });

    it("the preview listener refuses it too", async () => {
        const answer = await front.ask(["GET / HTTP/1.1", `host: web:${"1".repeat(933)}`], "preview");
        expect(answer?.status).toBe(400);
    });
});
