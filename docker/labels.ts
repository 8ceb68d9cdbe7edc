import type { Engine } from "./Engine";

/** The start of the names of all labels of relink. */
const prefix = "relink.";

/** Image id -> labels. They are kept because the image of an id never changes. */
const known = new WeakMap<Engine, Map<string, Promise<Record<string, string>>>>();

/**
 * Finds the labels of an image that only relink may set. A container would inherit their values, so it gets empty ones.
 * relink's own labels go over them. Labels that the image lacks are left out: an earlier relink tells an empty label from a
 * missing one.
 * @param imageId id of the image, `sha256:...`
 * @returns name of each such label -> ""
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
