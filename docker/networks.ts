import { readFile } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { Subnet } from "../model/Subnet";
import type { Engine } from "./Engine";
import { statusOf } from "./errors";

/** Docker takes its own networks from here too. Offices and clouds rarely use these private addresses. */
const addressPool = Subnet.parse("172.16.0.0/12") as Subnet;
/** Subnet of Docker's default bridge. Docker takes it again even where the bridge does not exist for a while. */
const defaultBridge = Subnet.parse("172.17.0.0/16") as Subnet;

/** What Docker knows about a network. */
export interface NetworkInfo {
    id: string;
    name: string;
    driver: string;
    labels: Record<string, string>;
    /** IPv4, as a CIDR. */
    subnet?: string;
    /** Part of the subnet from which Docker takes addresses where none is asked for. */
    ipRange?: string;
    gateway?: string;
    /** Id of each running container in it -> IPv4 address. */
    addresses: Map<string, string>;
}

/** @returns the network of this name or id; undefined where there is none */
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

/** Connects a container to a network at this address. */
export async function connectContainer(engine: Engine, network: string, id: string, address: string): Promise<void> {
    await engine.docker
        .getNetwork(network)
        .connect({ Container: id, EndpointConfig: { IPAMConfig: { IPv4Address: address } } });
}

/**
 * Finds a subnet of 172.16.0.0/12 that no Docker network uses. Where the Docker host is this machine, no interface and no
 * route of the machine uses it either.
 * @param seed the same seed gives the same subnet while that is free
 * @param prefix length of the subnet's prefix, from 16 to 28
 * @returns the subnet, as a CIDR
 * @throws Error where no subnet is free
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

/** @returns the routes of this machine where it runs Linux. A VPN's networks are not on any interface. */
async function localRoutes(): Promise<(Subnet | undefined)[]> {
    const text = await readFile("/proc/net/route", "utf8").catch(() => "");
    return parseRoutes(text);
}

/** Parses the kernel's routing table, which has addresses as little-endian hex. Leaves out the default route. */
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
