import { type Fields, fieldsOf, isFields } from "../settings/fields";
import type { Mapping } from "./Mapping";

const twoAddresses = "two colors run at once, and cannot share an address";

/** Maps the networks that a service joins beside the front's. */
export function mapNetworks(to: Mapping): void {
    const { project } = to.context;
    const names: string[] = [];
    for (const [key, options] of Object.entries(fieldsOf(to.source.networks))) {
        const network = project.networks[key];
        if (network === undefined) {
            to.refuse(["networks", key], "is not among the networks of the file", { key: ["networks"] });
            continue;
        }
        // In the default network of a file with one service there is no other service, and the network may not exist.
        if (key !== "default" || network.external || isShared(key, to)) {
            names.push(network.name);
        }
        if (!to.isOverridden("networks")) {
            refuseOptions(to, key, fieldsOf(options));
        }
    }
    to.set(["networks"], names.length === 0 ? undefined : names.sort(), ["networks"]);
}

function isShared(network: string, { context: { project, service } }: Mapping): boolean {
    return Object.entries(project.services).some(
        ([name, other]) => name !== service && isFields(other.networks) && Object.hasOwn(other.networks, network),
    );
}

function refuseOptions(to: Mapping, network: string, options: Fields): void {
    to.refuseOthers(["networks", network], options, ["priority", "gw_priority"], {
        aliases: "two colors run at once, and a name would lead to both: let others ask the front",
        ipv4_address: twoAddresses,
        ipv6_address: twoAddresses,
        link_local_ips: twoAddresses,
        mac_address: twoAddresses,
    });
}
