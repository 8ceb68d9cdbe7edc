import type { StrategySettings } from "../../../model/StrategySettings";
import type { Desired } from "../../../plan/Desired";
import { type Places, placesIn } from "../../../plan/handovers";
import { desiredOf, firstWish, type Wish } from "../life/Wish";
import { type House, type Name, names } from "./House";

/** Places that the services share among themselves. Some lie in others. */
export const places = [
    "*",
    "shop.example.com",
    "*.example.com",
    "shop.example.com/api",
    "shop.example.com/api/v2",
] as const;

export type Place = (typeof places)[number];

/** What the config says of all services. Those that have no place are not in it. */
export interface HouseWish {
    wanted: Partial<Record<Place, Name>>;
    versions: Record<Name, Wish["version"]>;
    strategy: StrategySettings;
    previousColor: Wish["previousColor"];
    replicas: number;
}

export const firstHouseWish: HouseWish = {
    wanted: { "*": "web" },
    versions: { web: "A", api: "A", admin: "A" },
    strategy: { kind: "blueGreen" },
    previousColor: "keep",
    replicas: 1,
};

/** @returns the services of a config. */
export function servicesOf({ wanted }: HouseWish): Name[] {
    return names.filter(name => Object.values(wanted).includes(name));
}

/** @returns one service's part of a config. */
export function wishOf({ versions, strategy, previousColor, replicas, wanted }: HouseWish, name: Name): Wish {
    const hosts = places.filter(place => wanted[place] === name);
    return { ...firstWish, version: versions[name], strategy, previousColor, replicas, hosts };
}

/** @returns the service that has each place now. */
export function heldPlaces(house: House): Omit<Places, "wanted"> {
    return placesIn(names.map(name => house.worlds[name].observe()));
}

/** @returns what is wished of one service, with what the others hold and wish. */
export function desiredIn(held: Omit<Places, "wanted">, wish: HouseWish, name: Name): Desired {
    return {
        ...desiredOf(wishOf(wish, name)),
        places: { ...held, wanted: { ...wish.wanted } as Record<string, string> },
    };
}
