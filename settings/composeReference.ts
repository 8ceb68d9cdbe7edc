import { z } from "zod";
import { freeText, listOf, objectOr } from "./leaves";

/** Which Compose service a service's settings come from. */
export interface ComposeReference {
    /** Compose files; later ones go over earlier ones. */
    files: string[];
    /** Files of variables for `${...}` in them; none stands for `.env` beside the first file. */
    envFile: string[];
    /** Name of the service in them. @default the service's name in relink */
    service?: string;
    /** Keys that the service does without. */
    ignore: string[];
}

const aFile = { wanted: "the path of a file", example: "compose.yaml" };
const filePath = freeText(aFile, text => text.trim() !== "");
const text = freeText({ wanted: "the name of a service in the Compose file", example: "web" }, name => name !== "");
const key = freeText(
    { wanted: "a key of the Compose service, such as container_name or healthcheck.start_interval", example: "KEY" },
    name => name !== "",
);

const spelledOut = z.strictObject({
    files: listOf(filePath).refine(files => files.length > 0, { message: "files", path: [0], params: aFile }),
    envFile: listOf(filePath).prefault([]),
    service: text.optional(),
    ignore: listOf(key).prefault([]),
});

/** The key `compose` of a service: the path of a file, or all of it spelled out. */
export const composeReference = objectOr<ComposeReference, ComposeReference>(
    spelledOut,
    filePath.transform(file => ({ files: [file], envFile: [], ignore: [] })),
);
