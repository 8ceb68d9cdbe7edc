import { removeCommand, setCommand } from "../settings/configCommands";
import { type Fields, fieldsOf, itemsOf } from "../settings/fields";
import type { Mapping } from "./Mapping";

/**
 * Maps the container's port. The front owns the public port, so a published port has to be the front's; an error says
 * how to make it so.
 */
export function mapPorts(to: Mapping): void {
    const ports = itemsOf(to.source.ports) as Fields[];
    const expose = itemsOf(to.source.expose).map(String);
    const tcp = ports.filter(({ protocol }) => protocol === "tcp" || protocol === undefined);
    const targets = [...new Set(tcp.map(({ target }) => Number(target)))];
    const port = to.context.own.port ?? (targets.length === 1 ? targets[0] : undefined);
    for (const [index, published] of ports.entries()) {
        checkPort(to, index, published, port);
    }
    if (targets.length > 1) {
        refuseSeveral(to, ["ports"], `has ${targets.length} ports of a container`);
    } else if (port !== undefined) {
        const index = ports.findIndex(({ target }) => Number(target) === Number(port));
        to.set(["port"], Number(port), ["ports", index]);
    } else if (expose.length > 1) {
        refuseSeveral(to, ["expose"], `has ${expose.length} ports`);
    } else if (expose[0] !== undefined) {
        to.set(["port"], Number(expose[0].replace("/tcp", "")), ["expose", 0]);
    }
}

function refuseSeveral(to: Mapping, from: string[], has: string): void {
    to.refuse(from, `${has}: say which one the front leads to`, {
        key: ["port"],
        fix: setCommand(["services", to.context.name, "port"], "PORT"),
    });
}

/** @param port the port of a container that the front leads to; undefined where the file has several or none */
function checkPort(to: Mapping, index: number, { target, published, host_ip, protocol }: Fields, port: unknown): void {
    const from = ["ports", index];
    if (protocol !== undefined && protocol !== "tcp") {
        to.refuse(from, `is ${protocol}: the front speaks HTTP`);
    } else if (port !== undefined && Number(target) !== Number(port)) {
        if (!routedPorts(to).includes(Number(target))) {
            const message = `publishes ${target}, but the front leads to ${port} alone, unless one of routes has this port`;
            to.refuse(from, message);
        }
    } else if (port !== undefined && to.context.own.port === undefined && published !== undefined) {
        checkPublished(to, index, { target, published, address: host_ip });
    }
}

/** @returns the ports of the routes in the stack config, which is not checked yet */
function routedPorts(to: Mapping): number[] {
    return itemsOf(to.context.own.routes).map(route => Number(fieldsOf(route).port));
}

function checkPublished(
    to: Mapping,
    index: number,
    { target, published, address }: { target: unknown; published: unknown; address: unknown },
): void {
    const { front, name } = to.context;
    const from = ["ports", index];
    const here = address === "0.0.0.0" || address === "::" ? undefined : address;
    if (String(published) !== String(front.port)) {
        const move = setCommand(["front", "http", "port"], String(published));
        const stay = setCommand(["services", name, "port"], String(target));
        to.refuse(from, `publishes ${published}, but the front owns the public port, and has ${front.port}`, {
            fix: `${move}; or, to leave the front at ${front.port}, ${stay}`,
        });
    } else if (here !== front.address) {
        const [its, fronts] = [here, front.address].map(found => found ?? "all addresses");
        const key = ["front", "address"];
        to.refuse(from, `publishes on ${its}, but the front owns the public port, and has ${fronts}`, {
            fix: here === undefined ? removeCommand(key) : setCommand(key, String(here)),
        });
    }
}
