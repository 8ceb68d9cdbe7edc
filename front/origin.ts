import { checked } from "../haproxy/names";
import { maxConnections } from "./global";

/** Addresses of the front's network from which the Docker host, and we, ask. */
export interface NearAddresses {
    /** The Docker host's own: what it asks itself, and what it passes on from 127.0.0.1. */
    gateway: string;
    /** The anchor's own: our requests by a Docker exec. */
    anchor: string;
}

/** `from_near` is true for the Docker host and for us. */
export function nearAcl({ gateway, anchor }: NearAddresses): string {
    return `    acl from_near src 127.0.0.0/8 ${checked("address", gateway)} ${checked("address", anchor)}`;
}

/** `from_trusted_proxy` is true for the networks of `front.trustedProxies`. */
export function trustedAcl(trustedProxies: readonly string[]): string {
    const networks = trustedProxies.map(network => `    acl from_trusted_proxy src ${checked("network", network)}`);
    return ["    acl from_trusted_proxy always_false", ...networks].join("\n");
}

export const nearOnly = `    # The port is on 127.0.0.1 of the Docker host, but containers in the front's network reach the listener itself.
    tcp-request connection reject unless from_near`;

/** Counts the connections of each address. */
export const addressTable = "addresses";

/**
 * Most connections of one address: half of a worker's, since a whole company or a mobile network may be behind one address,
 * and somebody who takes all that one may have leaves as many to all others.
 */
export const maxConnectionsOfAddress = maxConnections / 2;

/** Trusted proxies bring everybody's connections, and so does the gateway where Docker passes them on by a process. */
export const limitedAddresses = `    tcp-request connection track-sc1 src table ${addressTable} unless from_near || from_trusted_proxy
    tcp-request connection reject if { sc1_conn_cur(${addressTable}) gt ${maxConnectionsOfAddress} }`;
