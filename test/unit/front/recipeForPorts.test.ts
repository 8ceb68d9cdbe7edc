import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { recipeForPorts } from "../../../front/recipeForPorts";
import { FakeEngine } from "../docker/FakeEngine";
import { configWith, settingsOf } from "../settings/support";

let engine: FakeEngine;
beforeEach(async () => {
    engine = await FakeEngine.start(({ path }) => (path === "/containers/json" ? [200, []] : undefined));
});
afterEach(() => engine.close());

describe("the recipe for another published port", () => {
    it("runs on the Docker host of the stack config", async () => {
        const { front } = settingsOf(configWith());
        const recipe = await recipeForPorts(engine.engine, front, [{ key: "http.port" }]);
        const { address } = engine.engine;
        const port = address.kind === "tcp" ? address.port : 0;
        expect(recipe.split("\n").at(-1)).toBe(
            `   docker -H tcp://127.0.0.1:${port} rm -f ${front.name} && pulumi up --refresh --yes --skip-preview`,
        );
    });
});
