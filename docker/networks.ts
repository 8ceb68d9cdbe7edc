import { readFile } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { Subnet } from "../model/Subnet";
import type { Engine } from "./Engine";
import { statusOf } from "./errors";

/** Where Docker's own networks live too: private, and rarely routed in offices and clouds. */
const addressPool = Subnet.parse("172.16.0.0/12") as Subnet;
/** Docker's default bridge takes this one, and comes back to it. */
const defaultBridge = Subnet.parse("172.17.0.0/16") as Subnet;

/** What Docker knows about a network. */
export interface NetworkInfo {
    id: string;
    name: string;
    driver: string;
    labels: Record<string, string>;
    /** IPv4 CIDR. */
    subnet?: string;
    /** Part of the subnet from which Docker hands out addresses by itself. */
    ipRange?: string;
    gateway?: string;
    /** IPv4 address by id of each running container in it. */
    addresses: Map<string, string>;
}

/** A network by name or id, or undefined where there is none. */
export async function inspectNetwork(engine: Engine, name: string): Promise<NetworkInfo | undefined> {
    try {
        const found = await engine.docker.getNetwork(name).inspect();
        const ipam = (found.IPAM?.Config ?? []).find((entry: { Subnet?: string }) => Subnet.parse(entry.Subnet ?? ""));
        const containers = Object.entries((found.Containers ?? {}) as Record<string, { IPv4Address?: string }>);
        return {
            id: found.Id,
            name: found.Name,
            driver: found.Driver,
            labels: found.Labels ?? {},
            subnet: ipam?.Subnet,
            ipRange: ipam?.IPRange || undefined,
            gateway: ipam?.Gateway || undefined,
            addresses: new Map(
                containers.map(([id, { IPv4Address }]) => [id, (IPv4Address ?? "").split("/")[0] ?? ""]),
            ),
        };
    } catch (error) {
        if (statusOf(error) === 404) {
            return undefined;
        }
        throw error;
    }
}

/** Connects a container to a network, at an address of its own. */
export async function connectContainer(engine: Engine, network: string, id: string, address: string): Promise<void> {
    await engine.docker
        .getNetwork(network)
        .connect({ Container: id, EndpointConfig: { IPAMConfig: { IPv4Address: address } } });
}

/**
 * A subnet of 172.16.0.0/12 that no Docker network uses, nor (when the Docker host is this machine) an interface or a
 * route of the machine. The same seed gives the same subnet as long as it is free. `prefix` is from 16 to 28.
 */
export async function freeSubnet(engine: Engine, seed: string, prefix = 20): Promise<string> {
    const taken = [defaultBridge, ...(await dockerSubnets(engine)), ...(engine.isLocal ? await localSubnets() : [])];
    for (const candidate of addressPool.partsFrom(seed, prefix)) {
        if (!taken.some(subnet => subnet.overlaps(candidate))) {
            return candidate.toString();
        }
    }
    throw new Error(
        `No free /${prefix} is left in ${addressPool} on the Docker host. Remove unused networks (\`docker network prune\`) ` +
            "or set `relink:front` `network.subnet`.",
    );
}

async function dockerSubnets(engine: Engine): Promise<Subnet[]> {
    const networks = await engine.docker.listNetworks();
    return networks
        .flatMap(network => network.IPAM?.Config ?? [])
        .map(entry => Subnet.parse(entry.Subnet ?? ""))
        .filter(subnet => subnet !== undefined);
}

async function localSubnets(): Promise<Subnet[]> {
    const interfaces = Object.values(networkInterfaces())
        .flatMap(addresses => addresses ?? [])
        .map(address => Subnet.parse(address.cidr ?? ""));
    return [...interfaces, ...(await localRoutes())].filter(subnet => subnet !== undefined);
}

/** Routes of this machine, where it is Linux: a VPN's networks are not on any interface. */
async function localRoutes(): Promise<(Subnet | undefined)[]> {
    const text = await readFile("/proc/net/route", "utf8").catch(() => "");
    return parseRoutes(text);
}

/** Parses the kernel's routing table (addresses as little-endian hex); the default route is left out. */
export function parseRoutes(text: string): Subnet[] {
    return text
        .split("\n")
        .slice(1)
        .map(line => line.split("\t"))
        .filter(([, destination]) => destination !== undefined && destination !== "00000000")
        .map(([, destination = "", , , , , , mask = ""]) =>
            Subnet.of(Buffer.from(destination, "hex").readUInt32LE(0), countOnes(Buffer.from(mask, "hex"))),
        )
        .filter(subnet => subnet.prefix > 0);
}

function countOnes(bytes: Buffer): number {
    return [...bytes].reduce((sum, byte) => sum + [...byte.toString(2)].filter(bit => bit === "1").length, 0);
}
