import type { ReleaseSettings } from "../model/ReleaseSettings";
import { checkSettings } from "./parse";

/** What a release is when only its image and its port are set. */
const defaults: Record<string, unknown> = {
    ...checkSettings({ services: { any: { image: "any", port: 1 } } }, { project: "any", stack: "any" }).settings
        ?.services[0]?.release,
    port: undefined,
};

/**
 * The settings of a release that are not their defaults: what the user wrote, and what is worth showing. The image and a
 * derived host are left out.
 */
export function changedSettings({ image: _image, ...settings }: ReleaseSettings): Record<string, unknown> {
    const { host, hostIsDefault, ...health } = settings.health;
    const shown = { ...settings, health: hostIsDefault ? health : { ...health, host } };
    return (without(shown, defaults) ?? {}) as Record<string, unknown>;
}

/** The opposite: the whole settings of a release, of which only what {@link changedSettings} left is known. */
export function completeSettings(image: string, changed: Record<string, unknown>): ReleaseSettings {
    const settings = merged(defaults, changed) as unknown as ReleaseSettings;
    const { host } = (changed.health ?? {}) as { host?: string };
    return { ...settings, image, health: { ...settings.health, hostIsDefault: host === undefined } };
}

function merged(usual: Record<string, unknown>, changed: Record<string, unknown>): Record<string, unknown> {
    const entries = Object.entries(changed).map(([key, value]) => {
        const other = usual[key];
        return [key, isObject(value) && isObject(other) ? merged(other, value) : value] as const;
    });
    return { ...usual, ...Object.fromEntries(entries) };
}

/** What of `value` differs from `usual`, key by key; undefined when nothing does. */
function without(value: unknown, usual: unknown): unknown {
    if (isObject(value) && isObject(usual) && Object.keys(usual).length > 0) {
        const kept = Object.entries(value)
            .map(([key, inner]) => [key, without(inner, usual[key])] as const)
            .filter(([, inner]) => inner !== undefined);
        return kept.length === 0 ? undefined : Object.fromEntries(kept);
    }
    return JSON.stringify(value) === JSON.stringify(usual) ? undefined : value;
}

function isObject(value: unknown): value is Record<string, unknown> {
    return typeof value === "object" && value !== null && !Array.isArray(value);
}
