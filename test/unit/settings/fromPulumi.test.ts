import * as pulumi from "@pulumi/pulumi";
import { afterEach, describe, expect, it } from "vitest";
import { readSettings, SettingsError } from "../../../settings/fromPulumi";

const services = JSON.stringify({ web: { image: "shop/web:v1", port: 8080, secrets: ["KEY"] } });

async function thrownBy(run: () => Promise<unknown>): Promise<unknown> {
    try {
        await run();
    } catch (error) {
        return error;
    }
    return undefined;
}

describe("the settings of a Pulumi program", () => {
    const before = pulumi.runtime.allConfig();
    afterEach(() => pulumi.runtime.setAllConfig(before));

    it("come from the keys of the namespace relink, the secret ones in plain", async () => {
        await pulumi.runtime.setMocks(
            { call: () => ({}), newResource: () => ({ id: "", state: {} }) },
            "relink",
            "dev",
        );
        pulumi.runtime.setAllConfig(
            {
                "relink:services": services,
                "relink:secrets": '{"web.KEY": "hunter2"}',
                "relink:host": "",
                "docker:host": "unix:///elsewhere.sock",
            },
            ["relink:secrets"],
        );
        const settings = await readSettings();
        expect(settings.front.name).toBe("relink-dev");
        expect(settings.host).toBeUndefined();
        expect(settings.services[0]?.secretValues).toEqual({ KEY: "hunter2" });
    });

    it("are refused by one error that Pulumi prints without a stack trace", async () => {
        pulumi.runtime.setAllConfig({ "relink:services": services, "relink:sevrices": "{}" });
        const error = await thrownBy(readSettings);
        expect(error).toBeInstanceOf(SettingsError);
        expect(pulumi.RunError.isInstance(error)).toBe(true);
        expect((error as SettingsError).problems).toHaveLength(2);
        expect((error as Error).message).toContain("relink:sevrices");
        expect((error as Error).message).toContain("did you mean services?");
    });

    it("never show a text that is no JSON, since it may be a secret", async () => {
        pulumi.runtime.setAllConfig({ "relink:services": "hunter2 {", "relink:secrets": "hunter2 {" });
        const error = await thrownBy(readSettings);
        expect((error as Error).message).toContain("relink:secrets\n      is a string, but must be an object");
        expect((error as Error).message).not.toContain("hunter2");
    });
});
