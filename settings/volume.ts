import { z } from "zod";
import type { VolumeSettings } from "../model/ReleaseSettings";
import { flag, leaf, objectOr } from "./leaves";
import { absolutePath, dockerNamePattern, isAbsolutePath } from "./names";

function isSource(raw: unknown): raw is string {
    return typeof raw === "string" && (dockerNamePattern.test(raw) || isAbsolutePath(raw));
}

/** A volume as text: `source:target` or `source:target:ro`. */
const written = leaf<VolumeSettings>(
    {
        wanted: "SOURCE:TARGET, SOURCE:TARGET:ro or an object {source, target, readOnly, shared}",
        example: "data:/data:ro",
    },
    raw => {
        const [source, target, mode, ...more] = typeof raw === "string" ? raw.split(":") : [];
        const fits = isSource(source) && isAbsolutePath(target) && target !== "/" && more.length === 0;
        return fits && (mode === undefined || mode === "ro")
            ? { source, target, readOnly: mode === "ro", shared: false }
            : undefined;
    },
);

const spelledOut = z.strictObject({
    source: leaf({ wanted: "the name of a volume (2 letters or more) or an absolute path", example: "data" }, raw =>
        isSource(raw) ? raw : undefined,
    ),
    target: absolutePath("/data"),
    readOnly: flag().prefault(false),
    shared: flag().prefault(false),
});

export const volume = objectOr(spelledOut, written);
