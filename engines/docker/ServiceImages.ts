import type { Credentials } from "../../docker/credentials";
import type { Engine } from "../../docker/Engine";
import { pullImage } from "../../docker/images";
import { ImageReference } from "../../model/ImageReference";
import type { Release } from "../../model/Release";
import type { Images } from "../../up/Images";
import { dropImages, keepImage } from "./keptImages";

/** The images of one service on one Docker host. */
export class ServiceImages implements Images {
    constructor(
        private readonly engine: Engine,
        private readonly front: string,
        private readonly service: string,
        private readonly credentials: () => Promise<Credentials>,
    ) {}

    async pull({ image, digest, imageId, source }: Release, timeoutMs: number, show: (line: string) => void) {
        const named = { reference: ImageReference.parse(image), digest, imageId, source };
        const signal = AbortSignal.timeout(timeoutMs);
        try {
            return await pullImage(this.engine, named, await this.credentials(), show, signal);
        } catch (error) {
            if (signal.aborted) {
                return undefined;
            }
            throw error;
        }
    }

    keep(release: string, imageId: string, pulled: boolean): Promise<void> {
        return keepImage(this.engine, imageId, this.front, { service: this.service, release, pulled });
    }

    drop(isKept: (release: string) => boolean): Promise<void> {
        const { service } = this;
        return dropImages(this.engine, this.front, (name, release) => name !== service || isKept(release));
    }
}
