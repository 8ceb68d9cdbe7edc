import type { Images } from "../../../up/Images";
import type { SimulatedUp } from "./SimulatedUp";

/** The service's images. What keeps one is not simulated: no image goes away by itself here. */
export function imagesOf({ world, surroundings }: SimulatedUp): Images {
    return {
        async pull(release) {
            const id = release.imageId ?? release.digest;
            const pulled = !world.images.has(id);
            if (pulled && !surroundings.registry) {
                throw new Error(`${release.image} cannot be pulled`);
            }
            world.images.add(id);
            return { id, pulled };
        },
        keep: async () => {},
        drop: async () => {},
    };
}
