import type { Engine } from "./Engine";

/** What the names of all labels of relink begin with. */
const prefix = "relink.";

/** By the image's id: what an id names never changes. */
const known = new WeakMap<Engine, Map<string, Promise<Record<string, string>>>>();

/**
 * Labels that only relink may set, and that a container would inherit from this image. Each is empty here, so that the image's
 * value says nothing; relink's own labels go over them. Labels that the image does not have are left out: an earlier relink
 * understands an empty label differently from a missing one.
 * @param imageId id of the image, `sha256:...`
 */
export function silencedLabels(engine: Engine, imageId: string): Promise<Record<string, string>> {
    const ofEngine = known.get(engine) ?? new Map<string, Promise<Record<string, string>>>();
    known.set(engine, ofEngine);
    const labels = ofEngine.get(imageId) ?? lookUp(engine, imageId);
    ofEngine.set(imageId, labels);
    labels.catch(() => ofEngine.delete(imageId));
    return labels;
}

async function lookUp(engine: Engine, imageId: string): Promise<Record<string, string>> {
    const { Config: config } = await engine.docker.getImage(imageId).inspect();
    const names = Object.keys(config?.Labels ?? {}).filter(name => name.startsWith(prefix));
    return Object.fromEntries(names.map(name => [name, ""]));
}
