import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { writeUsers } from "../../../front/access";
import { renderBackend, renderFrontends, renderGlobal } from "../../../front/configuration";
import { settingOfLine } from "../../../front/settingOfLine";
import { writeStatisticsUsers } from "../../../front/statistics";
import { stickyCookie } from "../../../front/stickyCookie";
import { backendFile, frontendsFile, globalFile } from "../../../haproxy/names";
import { headersIn, routeKey, routeValue } from "../../../haproxy/routes";
import { answersChallenges, tlsListener } from "../../../model/FrontSettings";
import { serviceRulesOf } from "../../../model/ServiceRules";
import { accessOf } from "../../../model/ServiceSettings";
import type { Settings } from "../../../model/Settings";
import { checkSettings, type RawConfig } from "../../../settings/parse";
import { schemaKeys } from "../../../settings/schemaKeys";
import { configs } from "../settings/configs";
import { goodValues } from "../settings/goodValues";
import { configWith, context, settingsOf } from "../settings/support";

const near = { gateway: "10.0.0.1", anchor: "10.0.0.2" };
const key = Buffer.alloc(32, 1);

/** @returns HAProxy's files with lines, as these settings make them. Certificates and pages have files of their own */
function filesOf({ front, services, users }: Settings): Map<string, string> {
    const access = accessOf(services);
    const pages = Object.fromEntries(Object.entries(front.errorPages).map(([name, { file }]) => [name, file]));
    const routes = services.flatMap(({ name, routes }) => routes.map(one => [routeKey(one), routeValue(one, name)]));
    const all = {
        ...front,
        tls: tlsListener(front),
        challenges: answersChallenges(front.https?.acme),
        access,
        services: serviceRulesOf(services),
        pages,
        routeHeaders: headersIn(new Map(routes as [string, string][])),
    };
    const files = new Map([
        [globalFile, renderGlobal(all)],
        [frontendsFile, renderFrontends(all, near)],
    ]);
    writeUsers(files, { access, users });
    writeStatisticsUsers(files, front.statistics, users);
    for (const { name, release } of services.filter(({ release }) => release.port !== undefined)) {
        const { port = 0, routePorts, protocol, sendProxy, health, timeouts, backendLines: lines, sticky } = release;
        const reached = { port, routePorts, protocol, sendProxy, health };
        const backend = { service: name, color: "blue" as const, ...reached, lines, slots: slots(1) };
        files.set(
            backendFile(name, "blue"),
            renderBackend({
                ...backend,
                serverTimeoutMs: timeouts.serverMs,
                sticky: sticky && stickyCookie(key, name),
            }),
        );
    }
    return files;
}

function slots(...numbers: number[]) {
    return numbers.map(number => ({ number, address: `10.0.0.${number + 9}`, enabled: true }));
}

const plain = settingsOf(configWith());
/** The lines that no setting has to write. */
const ownLines = new Set([...filesOf(plain).values()].join("").split("\n"));
const known = schemaKeys().map(({ path }) => path);

/** @returns whether the schema has this setting, or an object with this name */
function isKnown(setting: string): boolean {
    const path = setting.replace(/^services\.[^.]+/, "services.*").replace(/\[\d+\]$/, "");
    return (
        path === "users" ||
        known.some(one => one === path || one.startsWith(`${path}.`)) ||
        /^(?:front\.responseHeaders)\./.test(path)
    );
}

/** @returns the lines that neither relink's own text nor a row has, and the settings that the schema does not know */
function withoutSetting(files: ReadonlyMap<string, string>): string[] {
    return [...files.values()].flatMap(text => {
        const lines = text.split("\n");
        const written = lines.map((line, index) => [line, index + 1] as const).filter(([line]) => isWritten(line));
        return written
            .filter(([, number]) => !isKnown(settingOfLine(lines, number) ?? ""))
            .map(([line, number]) => `${line} (${settingOfLine(lines, number)})`);
    });
}

/** @returns whether a setting has to have written the line. Comments and heads of sections are relink's own */
function isWritten(line: string): boolean {
    return !ownLines.has(line) && /^ {4}[a-z]/.test(line);
}

/** A config with one key more than another one, and the other one. */
interface OneMore {
    key: string;
    with: RawConfig;
    without: RawConfig;
}

/** @returns configs in which one key is set, with the keys that it needs */
function oneMore(key: string, value: unknown): OneMore {
    const needed = key.startsWith("front.http") ? { front: { https: { selfSigned: true } } } : {};
    const before = { ...configWith(), ...needed };
    const users = /auth\.basic|statistics/.test(key) ? (value as string[]).map(user => [user, hash]) : [];
    const changed: Record<string, unknown> = { ...structuredClone(before), users: Object.fromEntries(users) };
    const names = key.replace("services.*", "services.web").split(".");
    let place = changed;
    for (const name of names.slice(0, -1)) {
        const below = place[name];
        place[name] = typeof below === "object" ? below : {};
        place = place[name] as Record<string, unknown>;
    }
    place[names.at(-1)!] = value;
    return { key, with: changed as RawConfig, without: before as RawConfig };
}

const hash = `$6$salt$${"x".repeat(86)}`;

const rendered = new Map<string, ReadonlySet<string>>();

/** @returns all lines that a config gives */
function linesOf(raw: RawConfig): ReadonlySet<string> {
    const key = JSON.stringify(raw);
    const lines = rendered.get(key) ?? new Set([...filesOf(settingsOf(raw)).values()].join("").split("\n"));
    rendered.set(key, lines);
    return lines;
}

/** @returns the settings that the lines name which the key has written */
function namedBy({ with: one, without }: OneMore): string[] {
    const { settings } = checkSettings(one, context);
    const before = linesOf(without);
    const texts = settings === undefined ? [] : [...filesOf(settings).values()];
    return texts.flatMap(text => {
        const lines = text.split("\n");
        return lines.flatMap((line, index) =>
            before.has(line) || !/^ {4}[a-z]/.test(line) ? [] : [settingOfLine(lines, index + 1) ?? line],
        );
    });
}

/** HAProxy gets nothing of how a release is done. */
const reachesHaproxy = /^(?:front|services\.\*\.(?!hooks|strategy|analysis|log|volumes))/;

/** What else a key writes. The front asks the first host of a service for its health. */
const others: Record<string, string> = {
    "services.*.hosts": "services.*.health",
    "services.*.routes": "services.*.health",
    "services.*.auth.basic": "users",
    "front.statistics": "users",
};

/** @returns whether a setting is a key, a part of it, or an object that has it */
function isAbout(setting: string, key: string): boolean {
    const path = setting.replace("services.web", "services.*");
    const [short = "", long = ""] = [key, path].sort((one, two) => one.length - two.length);
    return path === others[key] || (long.startsWith(short) && /^(?:[.[]|$)/.test(long.slice(short.length)));
}

describe("a line of HAProxy's configuration", () => {
    it("names the setting that writes it, whatever the settings are", () => {
        const accepted = fc
            .sample(configs, 40)
            .map(raw => checkSettings(raw as RawConfig, context).settings)
            .filter(settings => settings !== undefined);
        expect(accepted.length).toBeGreaterThan(20);
        const missing = new Set(accepted.flatMap(settings => withoutSetting(filesOf(settings))));
        expect([...missing], "a row of front/settingOfLine.ts").toEqual([]);
    });

    it("names that setting and no other, if one is set", () => {
        const written = new Set<string>();
        const wrong: string[] = [];
        for (const [key, values] of Object.entries(goodValues).filter(([key]) => reachesHaproxy.test(key))) {
            for (const setting of fc.sample(values, 2).flatMap(value => namedBy(oneMore(key, value)))) {
                written.add(key);
                if (!isAbout(setting, key)) {
                    wrong.push(`${setting} for ${key}`);
                }
            }
        }
        expect(wrong).toEqual([]);
        // Those that are written only together with others are above.
        expect(written.size).toBeGreaterThan(40);
    });
});
