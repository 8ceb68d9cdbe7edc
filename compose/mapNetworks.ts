import { setCommand } from "../settings/configCommands";
import { type Fields, fieldsOf, isFields } from "../settings/fields";
import type { Mapping } from "./Mapping";
import { listOf } from "./values";

/**
 * The container's port. The front owns the public one: a published port is fine where it is the front's, and else it is
 * said how to make it so.
 */
export function mapPorts(to: Mapping): void {
    const ports = listOf(to.source.ports) as Fields[];
    const expose = listOf(to.source.expose).map(String);
    const { own, front, name } = to.context;
    const setPort = setCommand(["services", name, "port"], "PORT");
    const tcp = ports.filter(({ protocol }) => protocol === "tcp" || protocol === undefined);
    const targets = [...new Set(tcp.map(({ target }) => Number(target)))];
    const port = own.port ?? (targets.length === 1 ? targets[0] : undefined);
    for (const [index, { target, published, host_ip: address, protocol = "tcp" }] of ports.entries()) {
        const from = ["ports", index];
        if (protocol !== "tcp") {
            to.refuse(from, `is ${protocol}: the front speaks HTTP`);
        } else if (port === undefined) {
            // Said once, below.
        } else if (Number(target) !== Number(port)) {
            to.refuse(from, `publishes ${target}, but the front leads to one port of a container, ${port}`);
        } else if (own.port === undefined && published !== undefined) {
            const here = address === "0.0.0.0" || address === "::" ? undefined : address;
            if (String(published) !== String(front.port)) {
                to.refuse(from, `publishes ${published}, but the front owns the public port, and has ${front.port}`, {
                    fix: `${setCommand(["front", "http", "port"], String(published))}; or, to leave the front at ${front.port}, ${setCommand(["services", name, "port"], String(target))}`,
                });
            } else if (here !== front.address) {
                to.refuse(
                    from,
                    `publishes on ${here ?? "all addresses"}, but the front owns the public port, and has ${front.address ?? "all addresses"}`,
                    {
                        fix:
                            here === undefined
                                ? "pulumi config rm --path 'relink:front.address'"
                                : setCommand(["front", "address"], String(here)),
                    },
                );
            }
        }
    }
    if (targets.length > 1) {
        to.refuse(["ports"], `has ${targets.length} ports of a container: say which one the front leads to`, {
            key: ["port"],
            fix: setPort,
        });
    } else if (port !== undefined) {
        const index = ports.findIndex(({ target }) => Number(target) === Number(port));
        to.set(["port"], Number(port), ["ports", index]);
    } else if (expose.length > 1) {
        to.refuse(["expose"], `has ${expose.length} ports: say which one the front leads to`, {
            key: ["port"],
            fix: setPort,
        });
    } else if (expose[0] !== undefined) {
        to.set(["port"], Number(expose[0].replace("/tcp", "")), ["expose", 0]);
    }
}

/** The networks to join beside the front's. */
export function mapNetworks(to: Mapping): void {
    const { project, service } = to.context;
    const networks: string[] = [];
    for (const [key, options] of Object.entries(fieldsOf(to.source.networks))) {
        const network = project.networks[key];
        if (network === undefined) {
            to.refuse(["networks", key], "is not among the networks of the file", { key: ["networks"] });
            continue;
        }
        const others = Object.entries(project.services).filter(
            ([name, other]) => name !== service && isFields(other.networks) && Object.hasOwn(other.networks, key),
        );
        // The default network of a file with one service has nobody to talk to, and need not be there.
        if (key !== "default" || network.external || others.length > 0) {
            networks.push(network.name);
        }
        if (!to.isOverridden("networks")) {
            to.refuseOthers(["networks", key], fieldsOf(options), ["priority", "gw_priority"], {
                aliases: "two colors run at once, and a name would lead to both: let others ask the front",
                ipv4_address: "two colors run at once, and cannot share an address",
                ipv6_address: "two colors run at once, and cannot share an address",
                link_local_ips: "two colors run at once, and cannot share an address",
                mac_address: "two colors run at once, and cannot share an address",
            });
        }
    }
    to.set(["networks"], networks.length === 0 ? undefined : networks.sort(), ["networks"]);
}
