import { setTimeout as pause } from "node:timers/promises";
import type Dockerode from "dockerode";
import { backendName } from "../../haproxy/names";
import { Runtime } from "../../haproxy/runtime";
import type { ServerChange } from "../../haproxy/ServerChange";
import { assertEveryWorker } from "../../haproxy/WorkerResult";
import { observedService } from "../../look/observedService";
import { runInAnchor } from "../../look/runInAnchor";
import type { Color } from "../../model/Color";
import { slotOf } from "../../model/Container";
import { containersOf, currentWorkers } from "../../model/World";
import { expectSuccess } from "./command";
import type { LiveFront } from "./LiveFront";
import { inAnchor } from "./leftovers";
import type { TestStack } from "./stack";

/** What people do to a stack without relink: to containers, files and HAProxy, or because a message told them to. */
export class ByHand {
    constructor(
        private readonly stack: TestStack,
        private readonly front: LiveFront,
    ) {}

    /** @returns the full name of a container, which begins with the front's name */
    name(container: string): string {
        return `${this.stack.front}-${container}`;
    }

    async remove(container: string): Promise<void> {
        await this.#container(container).remove({ force: true });
    }

    async stop(container: string): Promise<void> {
        await this.#container(container).stop({ t: 2 });
    }

    async pause(container: string): Promise<void> {
        await this.#container(container).pause();
    }

    async setRestartPolicy(container: string, policy: string): Promise<void> {
        await this.#container(container).update({ RestartPolicy: { Name: policy } });
    }

    /** Replaces one of our containers by another one with the same name and address, and with our labels or none. */
    async replace(container: string, image: string, labels: "our labels" | "no labels"): Promise<void> {
        const { Config, NetworkSettings } = await this.#container(container).inspect();
        await this.remove(container);
        const address = NetworkSettings.Networks[this.stack.front]?.IPAMConfig?.IPv4Address;
        await this.add(container, image, labels === "our labels" ? Config.Labels : {}, address);
    }

    /** Adds a container with the labels of one of ours. Any user of Docker can write labels. */
    async addWithLabelsOf(container: string, name: string, image: string): Promise<void> {
        const { Config } = await this.#container(container).inspect();
        await this.add(name, image, Config.Labels);
    }

    async add(name: string, image: string, labels: Record<string, string>, address?: string): Promise<void> {
        const EndpointsConfig = { [this.stack.front]: address ? { IPAMConfig: { IPv4Address: address } } : {} };
        const made = await this.front.engine.docker.createContainer({
            name: this.name(name),
            Image: image,
            Labels: labels,
            HostConfig: { NetworkMode: this.stack.front },
            NetworkingConfig: { EndpointsConfig },
        } as Dockerode.ContainerCreateOptions);
        await made.start();
    }

    /** Changes a slot in HAProxy's memory. */
    async setSlot(color: Color, slot: number, change: ServerChange): Promise<void> {
        const workers = (await this.front.observe()).front?.workers ?? [];
        const runtime = new Runtime(runInAnchor(this.front.engine, this.stack.front));
        assertEveryWorker("by hand", await runtime.setServer(workers, backendName("web", color), slot, change));
    }

    /** Edits a file of HAProxy's configuration in force, with an expression for `sed`. */
    async editFile(path: string, expression: string): Promise<void> {
        const before = await this.readFile(path);
        await inAnchor(this.stack, `sed -i '${expression}' /relink/config/current/${path}`);
        if ((await this.readFile(path)) === before) {
            throw new Error(`${expression} changes nothing in ${path}:\n${before}`);
        }
    }

    readFile(path: string): Promise<string> {
        return inAnchor(this.stack, `cat /relink/config/current/${path}`);
    }

    /** Takes the anchor off its network. */
    async detachAnchor(): Promise<void> {
        await this.front.engine.docker.getNetwork(this.stack.front).disconnect({ Container: this.stack.front });
    }

    /**
     * Waits until HAProxy has noticed how many containers of a color answer. Docker knows earlier that one is paused.
     */
    async untilReady(color: Color, replicas: number): Promise<void> {
        for (;;) {
            const world = await this.front.observe();
            const gone = containersOf(world, "web", color).filter(({ state }) => state !== "running");
            const isNoticed = currentWorkers(world.front).every(({ backends }) => {
                const servers = backends.get(backendName("web", color))?.servers;
                return gone.every(container => !servers?.get(slotOf(container))?.up);
            });
            if (isNoticed && observedService(world, "web")[color].ready === replicas) {
                return;
            }
            await pause(100);
        }
    }

    /** Waits until so many slots of a color take traffic, whichever containers are in them. */
    async untilUp(color: Color, slots: number): Promise<void> {
        for (;;) {
            const workers = currentWorkers((await this.front.observe()).front);
            const open = workers.map(({ backends }) => {
                const servers = [...(backends.get(backendName("web", color))?.servers.values() ?? [])];
                return servers.filter(({ up, admin }) => up && admin === "ready").length;
            });
            if (open.length > 0 && open.every(count => count === slots)) {
                return;
            }
            await pause(100);
        }
    }

    /** Runs the commands of a message between "To go on:" and "or let relink restore it", word for word. */
    async followByHand(message: string): Promise<void> {
        const [byHand = ""] = goOn(message).split("; or let relink restore it: ");
        const commands = [...byHand.matchAll(/docker (?:[a-z]+) [^;]*/g)].map(([command]) => command.trim());
        if (commands.length === 0) {
            throw new Error(`no command in: ${byHand}`);
        }
        for (const command of commands) {
            await this.#docker(command.split(" ").slice(1));
        }
    }

    /** Does what a message says after "let relink restore it:", word for word. @returns what `up` printed */
    async followRelink(message: string): Promise<string> {
        const [, command = ""] = goOn(message).split("let relink restore it: ");
        const [set = "", up = ""] = command.split(" && ");
        if (up !== "pulumi up") {
            throw new Error(`no pulumi up in: ${command}`);
        }
        expectSuccess(await this.stack.pulumi(set.split(" ").slice(1)));
        const { stdout, stderr } = expectSuccess(await this.stack.up());
        return stdout + stderr;
    }

    /** Does what a command of the Docker CLI does, for those that messages name. The CLI may not be installed. */
    async #docker([verb, ...args]: string[]): Promise<void> {
        const container = this.front.engine.docker.getContainer(args.at(-1) ?? "");
        const options = args.slice(0, -1).join(" ");
        if (verb === "start" && options === "") {
            await container.start();
        } else if (verb === "unpause" && options === "") {
            await container.unpause();
        } else if (verb === "rm" && options === "-f") {
            await container.remove({ force: true });
        } else if (verb === "kill" && options === "--signal USR2") {
            await this.front.reload();
        } else if (verb === "update" && args[0] === "--restart" && args.length === 3) {
            await container.update({ RestartPolicy: { Name: args[1] } });
        } else {
            throw new Error(`not a command that a message should name: docker ${verb} ${args.join(" ")}`);
        }
    }

    #container(container: string): Dockerode.Container {
        return this.front.engine.docker.getContainer(this.name(container));
    }
}

/** @returns the part of a message after "To go on:", without the state of the service at its end */
function goOn(message: string): string {
    const [, text] =
        /To go on: (.*?)(?: \((?:\w+ goes on serving|nothing is served|nothing is public yet)\)|$)/m.exec(message) ??
        [];
    if (text === undefined) {
        throw new Error(`the message does not say how to go on: ${message}`);
    }
    return text;
}
