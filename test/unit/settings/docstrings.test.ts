import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { configWith, settingsOf } from "./support";

/** Settings with the required keys only, and those that add an optional object. */
const { front, services } = settingsOf(
    configWith({ hooks: { preDeploy: { command: "migrate" }, postPromotion: { http: {} } }, strategy: "rolling" }),
);
const { release, policy, ...service } = services[0]!;
const canary = settingsOf(configWith({ strategy: { canary: { weight: 10 } } })).services[0]!.policy.strategy;

/** An object of each interface of model/ with its defaults. */
const objects: Record<string, object> = {
    ReleaseSettings: release,
    HealthSettings: release.health,
    ServiceSettings: service,
    PolicySettings: policy,
    AnalysisSettings: policy.analysis,
    HookSettings: policy.hooks.preDeploy!,
    HttpCheck: policy.hooks.postPromotion!.http!,
    RollingSettings: policy.strategy,
    CanarySettings: canary,
    FrontSettings: front,
    FrontTimeouts: front.timeouts,
};

const files = ["Analysis", "Front", "Health", "Hooks", "Policy", "Release", "Service", "Strategy"];

/** Each `@default` that is a literal: the interface, the path of the key in it, and the literal. */
const documented = files
    .map(name => readFileSync(join(__dirname, `../../../model/${name}Settings.ts`), "utf8"))
    .flatMap(text => [...text.matchAll(/^export interface (\w+)[^{]*\{\n([\s\S]*?)^\}/gm)])
    .flatMap(([, name = "", body = ""]) => literalsIn(body).map(([path, literal]) => [name, path, literal] as const))
    .filter(([name]) => name in objects);

function literalsIn(body: string): [path: string, literal: string][] {
    const found: [string, string][] = [];
    const parents: string[] = [];
    let literal: string | undefined;
    for (const line of body.split("\n")) {
        literal =
            /@default ("[^"]*"|\d+-\d+|[\d.]+|true|false|\[\]|\{\}|undefined)(?=[ ,]|$)/.exec(line)?.[1] ?? literal;
        const [, indent = "", key] = /^( +)(\w+)\??:/.exec(line) ?? [];
        if (key !== undefined) {
            parents.splice(indent.length / 4 - 1, Number.POSITIVE_INFINITY, key);
            if (literal !== undefined) {
                found.push([parents.join("."), literal]);
            }
            literal = undefined;
        }
    }
    return found;
}

function parsed(literal: string): unknown {
    const [, from, to] = /^(\d+)-(\d+)$/.exec(literal) ?? [];
    if (from !== undefined) {
        return { from: Number(from), to: Number(to) };
    }
    return literal === "undefined" ? undefined : JSON.parse(literal);
}

describe("the docstrings of model/", () => {
    it("are found", () => {
        expect(documented.length).toBeGreaterThan(60);
        expect(new Set(documented.map(([name]) => name))).toEqual(new Set(Object.keys(objects)));
    });

    it.each(documented)("give the default of %s.%s: %s", (name, path, literal) => {
        const value = path.split(".").reduce<unknown>((object, key) => Object(object)[key], objects[name]);
        expect(value).toEqual(parsed(literal));
    });
});
