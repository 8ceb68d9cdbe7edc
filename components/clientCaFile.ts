import { fieldsOf } from "../settings/fields";
import type { Problem } from "../settings/Problem";
import type { RawConfig } from "../settings/parse";
import { readConfigFile } from "./readConfigFile";

/**
 * Reads the file of `front.https.clientCa`, which is one of the machine that runs Pulumi.
 * @param folder what the file's path starts from
 * @returns the config with the file's text, and a problem where it cannot be read
 */
export function withClientCaFile(raw: RawConfig, folder: string): { raw: RawConfig; problems: Problem[] } {
    const front = fieldsOf(raw.front);
    const https = fieldsOf(front.https);
    const { clientCa: path } = https;
    const problems: Problem[] = [];
    if (typeof path !== "string" || path.trim() === "") {
        return { raw, problems };
    }
    const file = { at: ["front", "https", "clientCa"], path, what: "a PEM file", example: "CA_FILE" };
    const text = readConfigFile(folder, file, problems);
    const read = { ...raw, front: { ...front, https: { ...https, clientCa: { path, text } } } };
    return { raw: text === undefined ? raw : read, problems };
}
