import type { Engine } from "./Engine";

/** What all labels of ours begin with. */
const prefix = "relink.";

/**
 * The labels that a container of this image would inherit and that only relink may set, each empty. Our own go over them,
 * so that none of the image's says anything. Those that the image does not have are left out: a label that is there, though
 * empty, means something to an earlier relink.
 */
export async function silencedLabels(engine: Engine, image: string): Promise<Record<string, string>> {
    const { Config: config } = await engine.docker.getImage(image).inspect();
    const names = Object.keys(config?.Labels ?? {}).filter(name => name.startsWith(prefix));
    return Object.fromEntries(names.map(name => [name, ""]));
}
