import type { Credentials } from "../../docker/credentials";
import type { Engine } from "../../docker/Engine";
import { pullImage, resolveImage } from "../../docker/images";
import type { FrontImage } from "../../model/FrontImage";
import { ImageReference } from "../../model/ImageReference";

/**
 * Makes sure that an image of HAProxy is on the Docker host.
 * @param image which image its name means is asked here, where the plan did not ask
 * @param show gets a line about layers and bytes now and then
 * @returns its local id
 * @throws ImageNotFound
 */
export async function obtainFrontImage(
    engine: Engine,
    { name, identity }: FrontImage,
    credentials: Credentials,
    show: (line: string) => void,
): Promise<string> {
    const reference = ImageReference.parse(name);
    const named = identity ? { reference, ...identity } : await resolveImage(engine, reference, credentials);
    return (await pullImage(engine, named, credentials, show)).id;
}
