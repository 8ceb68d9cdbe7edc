import { Engine } from "../../docker/Engine";

/**
 * Makes an image that only the Docker host has. It differs from another one in a label.
 * @param name with a tag, e.g. `relink-test-shop:dev`. An image that had the name loses it
 * @returns its id
 */
export async function commitImage(from: string, name: string, label: string): Promise<string> {
    const { docker } = Engine.connect();
    const [repo = "", tag = ""] = name.split(/:(?=[^:/]*$)/);
    const container = await docker.createContainer({ Image: from });
    try {
        await container.commit({ repo, tag, changes: `LABEL ${label}` });
        return (await docker.getImage(name).inspect()).Id;
    } finally {
        await container.remove();
    }
}
