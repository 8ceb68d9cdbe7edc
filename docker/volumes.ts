import type { Engine } from "./Engine";
import { statusOf } from "./errors";

/** The labels of a volume, or undefined where there is none of this name. */
export async function labelsOfVolume(engine: Engine, name: string): Promise<Record<string, string> | undefined> {
    try {
        return (await engine.docker.getVolume(name).inspect()).Labels ?? {};
    } catch (error) {
        if (statusOf(error) === 404) {
            return undefined;
        }
        throw error;
    }
}
