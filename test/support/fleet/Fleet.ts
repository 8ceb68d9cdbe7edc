import { type CommandResult, expectFailure, expectSuccess } from "../command";
import type { AnsweredBy, LoadResult } from "../load";
import { haproxyImage } from "../scenario";
import { createStack, type TestStack } from "../stack";
import { FleetLoad } from "./FleetLoad";
import { type Kind, type Member, members, type Name, type Place, slowStartMs } from "./members";

/** The service that has a place, and what users ask there. */
interface Post extends Place {
    owner: Name;
    kind: Kind;
}

/** A service and its release. */
interface Answering {
    service: Name;
    version: string;
}

/**
 * Several services on one front, each with one container, under load all the time. A release answers with the name of
 * its service and its number, `shop-2`, so that each answer shows who gave it.
 */
export class Fleet {
    readonly load: FleetLoad;
    /** Number of the release that each service has now. */
    readonly #releases = new Map<Name, number>();
    readonly #posts = new Map<string, Post>();

    private constructor(readonly stack: TestStack) {
        this.load = new FleetLoad(stack.url);
    }

    /** Makes a front with these services. None of them is released yet. */
    static async create(names: readonly Name[]): Promise<Fleet> {
        const fleet = new Fleet(await createStack({ config: { front: { image: haproxyImage } } }));
        for (const name of names) {
            fleet.add(name);
        }
        return fleet;
    }

    /** @returns the version that a service answers with */
    version(name: Name): string {
        return `${name}-${this.#releases.get(name)}`;
    }

    /** Adds a service to the config. */
    add(name: Name): void {
        const { kind, routes }: Member = members[name];
        this.#releases.set(name, 1);
        this.stack.setConfig(`services.${name}`, {
            image: "relink-hello:v1",
            port: 8080,
            ...routes,
            env: {
                VERSION: this.version(name),
                ...(kind === "slow to start" ? { START_DELAY_MS: String(slowStartMs) } : {}),
            },
            health: { path: "/healthz", interval: "500ms" },
            minHealthyTime: "500ms",
            healthyDeadline: "60s",
            bakeTime: "0s",
        });
    }

    /** Removes a service from the config. */
    remove(name: Name): void {
        this.stack.setConfig(`services.${name}`, undefined);
    }

    /** Gives a service other routes. */
    route(name: Name, routes: Record<string, unknown>): void {
        for (const [key, value] of Object.entries(routes)) {
            this.stack.setConfig(`services.${name}.${key}`, value);
        }
    }

    /** Sets the next release of a service in the config, or one that it had. */
    release(name: Name, number = (this.#releases.get(name) ?? 0) + 1): void {
        this.#releases.set(name, number);
        this.stack.setConfig(`services.${name}.env.VERSION`, this.version(name));
    }

    /** Sets a release in the config that never gets healthy; without `isBroken`, the one before it again. */
    break(name: Name, isBroken = true): void {
        this.stack.setConfig(`services.${name}.env.BROKEN`, isBroken ? "unhealthy" : undefined);
        this.stack.setConfig(`services.${name}.healthyDeadline`, isBroken ? "8s" : "60s");
    }

    /** Begins load on a place. @default the service's own */
    async open(owner: Name, place: Place = members[owner].users): Promise<void> {
        const { kind } = members[owner];
        const post = nameOf(place);
        this.#posts.set(post, { ...place, owner, kind });
        await this.load.begin(post, kind, place);
    }

    /** From the next scenario on, another service answers at a place. */
    give(place: Place, owner: Name): void {
        this.#posts.set(nameOf(place), { ...this.#post(place), owner });
    }

    /** Ends load on a place, which is about to go. */
    async close(place: Place): Promise<LoadResult> {
        const result = await this.load.end(nameOf(place));
        this.#posts.delete(nameOf(place));
        return result;
    }

    /**
     * Changes the config and runs `up`, under load on everything. Every answer at a place comes from its owner before
     * or after the change, and in the end from the owner after it.
     */
    async up(scenario: string, change: () => void): Promise<string> {
        const { stdout, stderr } = expectSuccess(await this.#up(scenario, change));
        return stdout + stderr;
    }

    /** The same with an `up` that has to fail. */
    async failingUp(scenario: string, change: () => void): Promise<string> {
        return expectFailure(await this.#up(scenario, change));
    }

    async #up(scenario: string, change: () => void): Promise<CommandResult> {
        const before = this.#answers();
        change();
        const after = this.#answers();
        await this.load.mark(scenario, post => answeredBy(before.get(post), after.get(post)));
        const result = await this.stack.up();
        for (const [post, { version }] of after) {
            await this.load.answeredBy(post, version).catch(error => {
                throw new Error(`${(error as Error).message}\n${result.stdout}${result.stderr}`);
            });
        }
        await this.load.settled();
        await this.load.mark(`after: ${scenario}`, post => answeredBy(after.get(post)));
        await this.load.settled();
        return result;
    }

    /** @returns the service that answers at each place, by the config */
    #answers(): Map<string, Answering> {
        return new Map(
            [...this.#posts].map(([post, { owner }]) => [post, { service: owner, version: this.version(owner) }]),
        );
    }

    #post(place: Place): Post {
        const post = this.#posts.get(nameOf(place));
        if (post === undefined) {
            throw new Error(`there is no load on ${nameOf(place)}`);
        }
        return post;
    }

    async cleanup(): Promise<void> {
        this.load.kill();
        await this.stack.cleanup();
    }
}

/** Any of these may answer, and no other. */
function answeredBy(...answering: (Answering | undefined)[]): AnsweredBy {
    const known = answering.filter(one => one !== undefined);
    return { services: known.map(({ service }) => service), versions: known.map(({ version }) => version) };
}

function nameOf({ host, path = "", own = "" }: Place): string {
    return `${host}${path}${own}`;
}
