import { describe, expect, it } from "vitest";
import { fromCli } from "../../../settings/fromCli";
import { configWith, linesOf, problemsIn, settingsOf } from "./support";

const sha512 = `$6$abcdefghijklmnop$${"x".repeat(86)}`;
const sha256 = `$5$rounds=5000$abc$${"x".repeat(43)}`;
const withUser = (hash: unknown) => configWith({ auth: { basic: ["alice"] } }, { users: { alice: hash } });

describe("who may ask a service", () => {
    it("are all, unless the service says so", () => {
        expect(settingsOf(configWith({ auth: {}, maintenance: false })).services[0]).not.toHaveProperty("access");
        const config = configWith(
            { auth: { basic: ["alice"] }, allow: ["10.0.0.0/8"], maintenance: true },
            { users: { alice: `${sha512}\n` } },
        );
        const { services, users } = settingsOf(config);
        expect(services[0]?.access).toEqual({ basic: ["alice"], allow: ["10.0.0.0/8"], maintenance: true });
        expect(users).toEqual({ alice: sha512 });
    });

    it.each([sha512, sha256])("have hashes such as %s", hash => {
        expect(settingsOf(withUser(hash)).users).toEqual({ alice: hash });
    });

    it.each<[string, unknown, RegExp]>([
        [
            "a password",
            "pLaNtEd",
            /^relink:users\.alice: is not a hash, or not a whole one\. A password itself is not stored/,
        ],
        ["a part of a hash", sha512.slice(0, -1), /is not a hash, or not a whole one/],
        ["a hash of bcrypt", `$2y$10$${"x".repeat(53)}`, /is a hash of another kind/],
        ["a hash of yescrypt", "$y$j9T$abc$def", /is a hash of another kind/],
        [
            "a hash of many rounds",
            sha256.replace("5000", "500000"),
            /has 500000 rounds, but HAProxy hashes at each request/,
        ],
        ["a number", 7, /is not a text/],
    ])("do not have %s, and the error does not repeat it", (_, value, message) => {
        const [problem, ...others] = problemsIn(withUser(value));
        expect(others).toEqual([]);
        expect(linesOf(withUser(value))).toEqual([expect.stringMatching(message)]);
        expect(problem?.fix).toBe("openssl passwd -6 | pulumi config set --secret --path 'relink:users.alice'");
        expect(JSON.stringify(problem)).not.toContain(String(value).slice(0, 7).padEnd(7, "?"));
    });

    it.each<[string, object, object, string]>([
        [
            "a user who is not there",
            { auth: { basic: ["alice"] } },
            {},
            "relink:services.web.auth.basic[0]: names the user alice, whose password relink:users does not hold",
        ],
        ["a user without use", {}, { users: { bob: sha512 } }, "relink:users.bob: is not used"],
        [
            "a user of the statistics who is not there",
            {},
            { front: { statistics: ["carol"] } },
            "relink:front.statistics[0]: names the user carol, whose password relink:users does not hold",
        ],
        ["nobody for the statistics", {}, { front: { statistics: [] } }, "relink:front.statistics: is an empty list"],
        ["nobody", { auth: { basic: [] } }, {}, "relink:services.web.auth.basic: is an empty list"],
        ["no address", { allow: [] }, {}, "relink:services.web.allow: is an empty list"],
        ["a name", { allow: ["example.com"] }, {}, 'relink:services.web.allow[0]: is "example.com", but must be'],
        ["a number as a user", { auth: { basic: [7] } }, {}, "relink:services.web.auth.basic[0]: is 7, but must be"],
        [
            "anybody of a background service",
            { port: undefined, strategy: "rolling", maintenance: true },
            {},
            "relink:services.web.maintenance: is set, but means nothing without port",
        ],
    ])("are not %s", (_, service, others, line) => {
        expect(linesOf(configWith(service, others))).toEqual([expect.stringContaining(line)]);
    });

    it("are read from the CLI without their hashes", () => {
        const services = { web: { image: "a", port: 1, auth: { basic: ["alice"] } } };
        const raw = fromCli(
            JSON.stringify({
                "relink:services": { objectValue: services, secret: false },
                "relink:front": { objectValue: { statistics: ["carol"] }, secret: false },
                "relink:users": { secret: true },
            }),
        );
        expect(settingsOf(raw).services[0]?.access).toEqual({ basic: ["alice"] });
        expect(settingsOf(raw).front.statistics).toEqual(["carol"]);
    });
});
