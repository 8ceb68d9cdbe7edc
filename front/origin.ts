import { checked } from "../haproxy/names";
import { maxConnections } from "./global";

/** Source addresses of the Docker host's and relink's own requests in the front's network. */
export interface NearAddresses {
    /** The Docker host's: of its own requests, and of those that it passes on from 127.0.0.1. */
    gateway: string;
    /** The anchor's: of relink's requests by a Docker exec. */
    anchor: string;
}

/** @returns the ACL `from_near`, which is true for the Docker host and for relink */
export function nearAcl({ gateway, anchor }: NearAddresses): string {
    return `    acl from_near src 127.0.0.0/8 ${checked("address", gateway)} ${checked("address", anchor)}`;
}

/** @returns the ACL `from_trusted_proxy`, which is true for the networks of `front.trustedProxies`; nothing where there are none */
export function trustedAcl(trustedProxies: readonly string[]): string {
    return trustedProxies.map(network => `    acl from_trusted_proxy src ${checked("network", network)}\n`).join("");
}

/** Rejects connections that are not from the Docker host or from relink. */
export const nearOnly = `    # The port is on 127.0.0.1 of the Docker host, but containers in the front's network reach the listener itself.
    tcp-request connection reject unless from_near`;

/** HAProxy's table that counts the connections of each address. */
export const addressTable = "addresses";

/**
 * Most connections of one address: a quarter of the public listener's. A whole company or mobile network may be behind one
 * address, and all other addresses still have the other three quarters.
 */
export const maxConnectionsOfAddress = maxConnections / 4;

/** @returns the condition that leaves out what asks for relink itself, or passes on many users' requests */
export function unlessManyUsers(isTrusting: boolean): string {
    return `unless from_near${isTrusting ? " || from_trusted_proxy" : ""}`;
}

/**
 * Limits the connections of each address, except for trusted proxies and the gateway. These pass on many users' connections:
 * the gateway does where Docker forwards published ports by a process.
 * @param most most connections of one address
 * @param isTrusting whether there are trusted proxies
 */
export function limitedAddresses(most: number, isTrusting: boolean): string {
    return `    tcp-request connection track-sc1 src table ${addressTable} ${unlessManyUsers(isTrusting)}
    tcp-request connection reject if { sc1_conn_cur(${addressTable}) gt ${most} }`;
}

/**
 * @param most most connections of one address
 * @returns what reads the client's address from each trusted proxy by PROXY protocol, and limits that address's connections; or
 * nothing where that is off. A connection of such a proxy without the protocol is closed. relink's own requests come without it,
 * from the gateway or from the anchor, also where a trusted network holds these
 */
export function proxyProtocolRules(isOn: boolean | undefined, most: number): string {
    if (!isOn) {
        return "";
    }
    return `    # Each trusted proxy says by PROXY protocol who its client is. From here on that is the source of the connection.
    tcp-request connection expect-proxy layer4 if from_trusted_proxy !from_near
    tcp-request session track-sc1 src table ${addressTable} if { fc_rcvd_proxy } !from_near !from_trusted_proxy
    tcp-request session reject if { sc1_conn_cur(${addressTable}) gt ${most} }
`;
}
