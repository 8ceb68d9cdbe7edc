import type { AddressBlock } from "../model/addresses";
import { type ContainerInfo, slotOf } from "../model/Container";
import type { Deviation } from "../model/Deviation";
import type { RecordedRelease } from "../model/Release";
import { strangeness } from "../model/strangeness";
import type { ColorView } from "./ColorView";
import { containerFault, ended, hasEnded } from "./containerFault";

/**
 * Finds what of a color is not as relink left it. Single slots only count when fewer containers than recorded are sound. An
 * interrupted scaling leaves more than recorded, and the plan puts that right.
 * @param known the releases that the containers may be of: several in the middle of a rolling release
 */
export function deviationsOf(view: ColorView, known = [view.release]): Deviation[] {
    const { containers, release, block } = view;
    if (known.length > 1) {
        // The rolling release itself puts everything else right when it goes on.
        return containers
            .filter(container => known.every(release => strangeness(container, release, block) !== undefined))
            .map(container => added(container, view));
    }
    const strange = new Set(containers.filter(container => strangeness(container, release, block) !== undefined));
    const own = containers.filter(container => !strange.has(container));
    const found: Deviation[] = [];
    for (const slot of slotsWithout(view, own)) {
        const inSlot = containers.filter(container => slotOf(container) === slot);
        const mine = inSlot.find(container => own.includes(container));
        const stray = inSlot.find(container => strange.has(container));
        const fault = mine && containerFault(view, mine);
        if (fault !== undefined) {
            found.push(fault);
        } else if (stray !== undefined) {
            strange.delete(stray);
            found.push({ what: `${stray.name} is not relink's: ${strangeness(stray, release, block)}` });
        } else {
            found.push(removed(view, slot));
        }
    }
    found.push(...[...strange].map(stray => added(stray, view)));
    return [...found.filter(deviation => deviation !== ended), ...changesInHaproxy(view)];
}

/** @returns the slots that should have a sound container and have none. Empty when enough containers are sound. */
function slotsWithout(view: ColorView, own: ContainerInfo[]): number[] {
    const { replicas } = view;
    const sound = own.filter(container => containerFault(view, container) === undefined);
    if (sound.length >= replicas) {
        return [];
    }
    const first = Array.from({ length: replicas }, (_, index) => index + 1);
    // A record that somebody edited may count more containers than it has slots for.
    const slots = view.slots === undefined || view.slots.length < replicas ? first : view.slots;
    return slots.filter(slot => !sound.some(container => slotOf(container) === slot));
}

/** @returns how many containers of a release ended by themselves. */
export function endedOf(containers: ContainerInfo[], release: RecordedRelease, block?: AddressBlock): number {
    return containers.filter(
        container => strangeness(container, release, block) === undefined && hasEnded(container, release),
    ).length;
}

function added(stray: ContainerInfo, { release, block }: ColorView): Deviation {
    return {
        what: `${stray.name} was added: ${strangeness(stray, release, block)}`,
        fix: `docker rm -f ${stray.name}`,
    };
}

function removed({ nameOf, foreignNames }: ColorView, slot: number): Deviation {
    const name = nameOf(slot);
    return foreignNames.has(name)
        ? { what: `${name} was removed, and somebody else's container has its name: first docker rm -f ${name}` }
        : { what: `${name} was removed` };
}

function changesInHaproxy({ workers, backend, release, isFileEdited }: ColorView): Deviation[] {
    const loaded = workers.filter(({ backends }) => backends.has(backend));
    const other = loaded.find(({ releases }) => releases.get(backend) !== release.id);
    return [
        ...(isFileEdited ? [{ what: `HAProxy's file of ${backend} was edited` }] : []),
        ...(other !== undefined && release.proved
            ? [{ what: `HAProxy's map says that ${backend} runs release ${other.releases.get(backend) ?? "none"}` }]
            : []),
    ];
}
