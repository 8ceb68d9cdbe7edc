import type { Engine } from "../docker/Engine";
import { dockerCommand } from "../docker/EngineAddress";
import { holderOf } from "../docker/ports";
import type { FrontSettings } from "../model/FrontSettings";
import { listenerPorts } from "./listeners";
import { tcpPorts } from "./published";

/** How long the recipe leaves users without an answer (test/e2e/front-port.test.ts). */
const gap = "some 12 s";

/**
 * @param changed keys of the settings that are fixed and have changed: `http.port`, `address`
 * @returns how to publish other ports all the same, and what it costs. Where something else holds one of them, that is said instead
 */
export async function recipeForPorts(
    engine: Engine,
    settings: FrontSettings,
    changed: readonly { key: string }[],
): Promise<string> {
    const isChanged = (setting: string) => changed.some(({ key }) => key === setting || key === "address");
    const wanted = tcpPorts(settings).filter(
        ({ key, internal }) => isChanged(key) || (internal === listenerPorts.https && isChanged("https.port")),
    );
    const held = await Promise.all(
        wanted.map(async ({ external: port, ip: address }) => ({
            port,
            by: await holderOf(engine, { port, address }),
        })),
    );
    const taken = held.find(({ by }) => by !== undefined && by !== `the container ${settings.name}`);
    return taken === undefined
        ? `Another port needs another anchor. Until that one is there, ${gap}, nobody is served, and open connections end ` +
              "(docs/failures.md#another-port):\n" +
              `   ${dockerCommand(engine.address)} rm -f ${settings.name} && pulumi up --refresh --yes --skip-preview`
        : `Another anchor could not publish port ${taken.port} either: ${taken.by} holds it.`;
}
