import { describe, expect, it } from "vitest";
import { claimedTwice } from "../../../components/claims";
import { emptyRecord, type ServiceRecord } from "../../../model/Record";
import { parseRoute } from "../../../model/Route";
import type { Target } from "../../../model/Target";
import type { World } from "../../../model/World";
import { renderProblems } from "../../../settings/Problem";
import { configWith, settingsOf } from "../settings/support";

const owner: Target = { project: "shop", stack: "prod", front: "shop-prod" };
const user: Target = { project: "shop", stack: "pr-12", front: "shop-prod", uses: true };

function worldOf(...records: ServiceRecord[]): World {
    const services = new Map(records.map(record => [record.service, record]));
    return { containers: [], generations: [], owner: "shop/prod", records: { services, frontIncarnation: 0 } };
}

function recordOf(service: string, routes: string[], stack?: string): ServiceRecord {
    const record = { ...emptyRecord(service), serial: 1, routes: routes.map(parseRoute) };
    return stack === undefined ? record : { ...record, format: 2, stack };
}

function problemsOf(target: Target, web: object, ...records: ServiceRecord[]): string[] {
    return claimedTwice(settingsOf(configWith(web)), target, worldOf(...records)).map(({ path, message }) => {
        return `${path.join(".")} ${message}`;
    });
}

describe("a service on a front that several stacks use", () => {
    it("may have what no other service has, also inside of a wider place of another stack", () => {
        const others = [
            recordOf("shop", ["*.example.com", "*"]),
            recordOf("pr-13-web", ["pr-13.example.com"], "shop/pr-13"),
        ];
        expect(problemsOf(user, { hosts: ["pr-12.example.com"] }, ...others)).toEqual([]);
    });

    it("may have what it has already", () => {
        expect(
            problemsOf(user, { hosts: ["a.example.com"] }, recordOf("web", ["a.example.com"], "shop/pr-12")),
        ).toEqual([]);
        expect(problemsOf(owner, { hosts: ["a.example.com"] }, recordOf("web", ["a.example.com"]))).toEqual([]);
    });

    it("may take what another service of its own stack has", () => {
        expect(problemsOf(owner, { hosts: ["a.example.com"] }, recordOf("old", ["a.example.com"]))).toEqual([]);
    });

    it("may not have a host that a service of another stack has, whichever stack owns the front", () => {
        const taken = (stack: string) =>
            `services.web takes a.example.com, which the service api of the stack ${stack} has already on the front shop-prod`;
        const config = { hosts: ["a.example.com", "b.example.com"] };
        expect(problemsOf(user, config, recordOf("api", ["a.example.com"]))).toEqual([taken("shop/prod")]);
        expect(problemsOf(owner, config, recordOf("api", ["a.example.com"], "shop/pr-12"))).toEqual([
            taken("shop/pr-12"),
        ]);
    });

    it("may share a port with TCP services of other stacks only where each client names its host", () => {
        const tcp = (sni?: string[]) => ({ protocol: "tcp", listen: { port: 5432, sni } });
        const named = recordOf("orders", ["db.example.com:5432"]);
        expect(problemsOf(user, tcp(["a.example.com"]), named)).toEqual([]);
        expect(problemsOf(user, tcp(["db.example.com"]), named)).toEqual([
            "services.web takes db.example.com:5432, which the service orders of the stack shop/prod has already on the front shop-prod",
        ]);
        expect(problemsOf(user, tcp(), named)).toHaveLength(1);
        expect(problemsOf(user, tcp(["a.example.com"]), recordOf("orders", [":5432"]))).toHaveLength(1);
        expect(problemsOf(user, tcp(), recordOf("orders", [":5433", "*"]))).toEqual([]);
    });

    it("may not take all other requests where a service of another stack gets them", () => {
        expect(problemsOf(user, {}, recordOf("shop", ["*"]))).toEqual([
            "services.web takes every request that no other route matches, which the service shop of the stack shop/prod has already on the front shop-prod",
        ]);
    });

    it("may not have the name of a service of another stack, and the message proposes one", () => {
        const settings = settingsOf(configWith({ hosts: ["pr-12.example.com"] }));
        const problems = claimedTwice(settings, user, worldOf(recordOf("web", ["shop.example.com"])));
        expect(renderProblems(problems, "pr-12")).toBe(
            `1 setting is wrong in the config of stack pr-12; nothing was changed.

  relink:services.web
      has the name of a service of the stack shop/prod on the front shop-prod, where a name is there once
      fix: give the service another name, such as pr-12-web`,
        );
    });
});
