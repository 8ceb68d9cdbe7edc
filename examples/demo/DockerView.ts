import { Engine } from "../../docker/Engine";

/** The demo's containers, networks and volumes on the Docker Engine, by their labels. */
export class DockerView {
    readonly engine = Engine.connect();

    /**
     * @returns each container of a service's color with its id and its start, as text. Where the text is the same
     * later, the containers were not touched.
     */
    async color(stack: string, service: string, color: string): Promise<string> {
        const found = await this.engine.docker.listContainers({
            all: true,
            filters: { label: [...labels(stack), `relink.service=${service}`, `relink.color=${color}`] },
        });
        const seen = await Promise.all(
            found.map(async ({ Id }) => {
                const { Name, State } = await this.engine.docker.getContainer(Id).inspect();
                return `${Name} ${Id} ${State.Status} since ${State.StartedAt}`;
            }),
        );
        return seen.sort().join("\n");
    }

    /** @returns the ports that the stack's front publishes; none without a front */
    async ports(stack: string): Promise<{ http: number; preview: number; metrics: number } | undefined> {
        const [anchor] = await this.engine.docker.listContainers({
            all: true,
            filters: { label: [...labels(stack), "relink.role=anchor"] },
        });
        const port = (name: string) => Number(anchor?.Labels[`relink.front.${name}.port`]);
        return anchor && { http: port("http"), preview: port("preview"), metrics: port("metrics") };
    }

    async has(stack: string): Promise<boolean> {
        return (await this.all(stack)).length > 0;
    }

    /** Removes what is left, containers first. @returns what was removed */
    async sweep(stack: string): Promise<string[]> {
        const removed: string[] = [];
        for (const { what, remove } of await this.all(stack)) {
            await remove();
            removed.push(what);
        }
        return removed;
    }

    private async all(stack: string): Promise<{ what: string; remove: () => Promise<unknown> }[]> {
        const { docker } = this.engine;
        const filters = { label: labels(stack) };
        const [containers, networks, { Volumes: volumes }] = await Promise.all([
            docker.listContainers({ all: true, filters }),
            docker.listNetworks({ filters }),
            docker.listVolumes({ filters }),
        ]);
        return [
            ...containers.map(({ Id, Names }) => ({
                what: `container ${Names[0]?.slice(1)}`,
                remove: () => docker.getContainer(Id).remove({ force: true, v: true }),
            })),
            ...networks.map(({ Id, Name }) => ({
                what: `network ${Name}`,
                remove: () => docker.getNetwork(Id).remove(),
            })),
            // Docker returns null where there are none.
            ...(volumes ?? []).map(({ Name }) => ({
                what: `volume ${Name}`,
                remove: () => docker.getVolume(Name).remove({ force: true }),
            })),
        ];
    }
}

function labels(stack: string): string[] {
    return ["relink.project=relink", `relink.stack=${stack}`];
}
