import { type AddressBlock, slotAddress } from "./addresses";
import type { ContainerInfo } from "./Container";
import { slotOf } from "./Container";
import type { RecordedRelease } from "./Release";

/**
 * Compares a container that has a color's labels with the color's release. Everybody can write labels; the image and
 * the fixed address come from Docker itself.
 *
 * @returns why relink did not make the container for that release; undefined where it did
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
        return `its label names slot ${container.labels["relink.slot"]}, which does not exist`;
    }
    const address = slotAddress(block, slot);
    return container.address === address
        ? undefined
        : `it is not at ${address}, the address of its slot${container.address === undefined ? "" : `, but at ${container.address}`}`;
}
