import { afterEach, expect, it, vi } from "vitest";
import { Session } from "../../../providers/Session";

afterEach(() => vi.unstubAllEnvs());

const sessionOf = (front: string, host?: string) =>
    Session.for({ project: "relink", stack: "prod", front, ...(host === undefined ? {} : { host }) });

it("two spellings of one Engine's address have the same session, and so the same lease", () => {
    vi.stubEnv("DOCKER_HOST", "tcp://10.0.0.7:2375");
    const session = sessionOf("shop");
    for (const host of ["tcp://10.0.0.7:2375", "tcp://10.0.0.7", "10.0.0.7:2375"]) {
        expect(sessionOf("shop", host), host).toBe(session);
    }
    expect(sessionOf("shop", "tcp://10.0.0.8")).not.toBe(session);
    expect(sessionOf("blog")).not.toBe(session);
});
