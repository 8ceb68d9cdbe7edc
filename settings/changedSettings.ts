import type { ReleaseSettings } from "../model/ReleaseSettings";
import { type Fields, isFields, mergedFields } from "./fields";
import { checkSettings } from "./parse";

/** The settings of a release of which the config has only image and port. */
const defaults: Fields = {
    ...checkSettings({ services: { any: { image: "any", port: 1 } } }, { project: "any", stack: "any" }).settings
        ?.services[0]?.release,
    port: undefined,
};

/**
 * The settings of a release that differ from their defaults: what a preview shows, and what the release's id is made
 * from.
 *
 * @returns them without the image and without a host that relink derived
 */
export function changedSettings({ image: _image, ...settings }: ReleaseSettings): Fields {
    const { host, hostIsDefault, ...health } = settings.health;
    const shown = { ...settings, health: hostIsDefault ? health : { ...health, host } };
    return (without(shown, defaults) ?? {}) as Fields;
}

/** The reverse of {@link changedSettings}. */
export function completeSettings(image: string, changed: Fields): ReleaseSettings {
    const settings = mergedFields(defaults, changed) as unknown as ReleaseSettings;
    const { host } = (changed.health ?? {}) as { host?: string };
    return { ...settings, image, health: { ...settings.health, hostIsDefault: host === undefined } };
}

/** @returns what of `value` differs from `usual`, key by key; undefined when nothing does */
function without(value: unknown, usual: unknown): unknown {
    if (isFields(value) && isFields(usual) && Object.keys(usual).length > 0) {
        const kept = Object.entries(value)
            .map(([key, inner]) => [key, without(inner, usual[key])] as const)
            .filter(([, inner]) => inner !== undefined);
        return kept.length === 0 ? undefined : Object.fromEntries(kept);
    }
    return JSON.stringify(value) === JSON.stringify(usual) ? undefined : value;
}
