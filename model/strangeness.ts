import { type AddressBlock, slotAddress } from "./addresses";
import type { ContainerInfo } from "./Container";
import { slotOf } from "./Container";
import type { RecordedRelease } from "./Release";

/**
 * Why a container with a color's labels is not one that relink made for the release that the color holds; undefined where
 * it is. Labels say what anybody wrote into them; the image and the fixed address are Docker's own word.
 */
export function strangeness(
    container: ContainerInfo,
    release: RecordedRelease | undefined,
    block: AddressBlock | undefined,
): string | undefined {
    if (release === undefined || container.labels["relink.release"] !== release.id) {
        return "it is not of the release that the color holds";
    }
    if (release.imageId !== undefined && container.imageId !== release.imageId) {
        return `it runs another image than ${release.image} (${container.imageReference})`;
    }
    if (block === undefined) {
        return undefined;
    }
    const slot = slotOf(container);
    if (!Number.isInteger(slot) || slot < 1 || slot > block.size) {
        return `it says that it is in slot ${container.labels["relink.slot"]}, which there is not`;
    }
    const address = slotAddress(block, slot);
    return container.address === address
        ? undefined
        : `it is not at ${address}, the address of its slot${container.address === undefined ? "" : `, but at ${container.address}`}`;
}
