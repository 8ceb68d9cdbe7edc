import type { ConfigPath } from "./ConfigPath";
import { type Problem, solvedBySetting } from "./Problem";
import type { IsSound } from "./ServiceScope";
import type { StackConfig } from "./schema";

/**
 * @param taken what uses each port of the front itself
 * @returns what is wrong with the ports of TCP services. Two of them share a port by SNI alone; that no two have the same host is
 * a matter of their routes (routes.ts)
 */
export function checkTcpPorts(
    { front, services }: Pick<StackConfig, "front" | "services">,
    isSound: IsSound,
    taken: ReadonlyMap<number, string>,
): Problem[] {
    const isHeld = (port: number, path: ConfigPath): Problem[] => {
        const holder = taken.get(port);
        const message = `is ${port}, which ${holder} of the front uses already`;
        return holder === undefined ? [] : [solvedBySetting(path, message, "PORT")];
    };
    const published = isSound("front", "tcpPorts") ? front.tcpPorts : [];
    return [
        ...published.flatMap((port, index) => isHeld(port, ["front", "tcpPorts", index])),
        ...checkListen(services, isSound, isHeld),
    ];
}

function checkListen(
    services: StackConfig["services"],
    isSound: IsSound,
    isHeld: (port: number, path: ConfigPath) => Problem[],
): Problem[] {
    const whole = new Map<number, string>();
    const named = new Map<number, string>();
    return Object.keys(services)
        .sort()
        .flatMap((name): Problem[] => {
            const { protocol, listen } = services[name]!;
            if (protocol !== "tcp" || listen === undefined || !isSound("services", name, "listen")) {
                return [];
            }
            const { port, sni } = listen;
            const path = ["services", name, "listen", "port"];
            const held = isHeld(port, path);
            if (held.length > 0) {
                return held;
            }
            const [own, other] = sni === undefined ? [whole, named] : [named, whole];
            own.set(port, own.get(port) ?? name);
            const holder = other.get(port);
            if (holder === undefined) {
                return [];
            }
            const message = `is ${port}, which ${sni === undefined ? `${holder} has by sni` : `${holder} has without sni`}: services share a port only where each of them has sni`;
            return [solvedBySetting(path, message, "PORT")];
        });
}
