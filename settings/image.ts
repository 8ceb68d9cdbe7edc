import { ImageReference } from "../model/ImageReference";
import { type Expectation, leaf } from "./leaves";

/**
 * An image's name, kept as the user wrote it.
 *
 * @param example a good value, for the command that fixes a bad one
 */
export function image(example: string) {
    const expectation: Expectation = { wanted: "an image as plain text, REPOSITORY[:TAG][@DIGEST]", example };
    return leaf(expectation, raw => (typeof raw === "string" && isImage(raw) ? raw : undefined));
}

function isImage(text: string): boolean {
    try {
        ImageReference.parse(text);
        return true;
    } catch {
        return false;
    }
}
