import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectSuccess } from "../support/command";
import { PausingClients } from "../support/PausingClients";
import { oneAfterTheOther, webStack } from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";

// A host goes to a service that is new, renamed or removed. HAProxy is reloaded each time. The clients' connections stay
// with the old worker, which does not know the service that gets the host.

const [shop, api] = ["shop.example.com", "api.example.com"];
const service = (hosts: string[]) => ({
    image: "relink-hello:v1",
    port: 8080,
    hosts,
    default: false,
    health: { path: "/healthz", interval: "500ms" },
    minHealthyTime: "500ms",
    bakeTime: "0s",
});

let stack: TestStack;
let clients: PausingClients;

beforeAll(async () => {
    stack = await createStack({
        config: webStack({ replicas: 1, minHealthyTime: "500ms", hosts: [shop, api], default: true }),
    });
    expectSuccess(await stack.up());
    clients = new PausingClients(stack.url, api, 28);
    await clients.askedMore(1);
});

afterAll(async () => {
    clients?.end();
    await stack?.cleanup();
});

describe("Clients that pause on a kept connection", () => {
    oneAfterTheOther();

    it.each<[what: string, change: () => void]>([
        [
            "a host goes to a new service",
            () => {
                stack.setConfig("services.web.hosts", [shop]);
                stack.setConfig("services.api", service([api]));
            },
        ],
        [
            "the service is renamed",
            () => {
                stack.setConfig("services.api", undefined);
                stack.setConfig("services.store", service([api]));
            },
        ],
        [
            "the service is removed, and its host goes back",
            () => {
                stack.setConfig("services.store", undefined);
                stack.setConfig("services.web.hosts", [shop, api]);
            },
        ],
    ])("lose no request while %s", async (_what, change) => {
        change();
        expectSuccess(await stack.up());
        await clients.askedMore(2);
        expect(clients.failures).toEqual([]);
    });
});
