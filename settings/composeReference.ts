import { z } from "zod";
import { freeText, listOf, objectOr } from "./leaves";
import { isNotBlank } from "./names";

/** The Compose service from which a service takes its settings. */
export interface ComposeReference {
    /** Paths of Compose files; later files override earlier ones. */
    files: string[];
    /** Paths of files with variables for `${...}`. @default [] (`.env` beside the first Compose file) */
    envFile: string[];
    /** Name of the service in the Compose files. @default the service's name in relink */
    service?: string;
    /** Keys of the Compose service that relink leaves out. @default [] */
    ignore: string[];
}

const aFile = { wanted: "the path of a file", example: "compose.yaml" };
const filePath = freeText(aFile, isNotBlank);
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

/** The key `compose` of a service: the path of a file, or an object. */
export const composeReference = objectOr<ComposeReference, ComposeReference>(
    spelledOut,
    filePath.transform(file => ({ files: [file], envFile: [], ignore: [] })),
);
