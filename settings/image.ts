import { type Expectation, leaf } from "./leaves";

// The grammar of github.com/distribution/reference: [domain/]path[:tag][@digest], each part matched whole.
const domain =
    /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\[[a-fA-F0-9:]+\])(?::\d{1,5})?$/;
const pathPart = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const tag = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const digest = /^(?:sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128})$/;

/** True for `repository[:tag][@digest]`; names of local images are repositories too. */
export function isImageReference(text: string): boolean {
    if (text.length > 512) {
        return false;
    }
    const at = text.indexOf("@");
    if (at >= 0 && !digest.test(text.slice(at + 1))) {
        return false;
    }
    const parts = (at >= 0 ? text.slice(0, at) : text).split("/");
    const last = parts.pop()!;
    const colon = last.indexOf(":");
    if (colon >= 0 && !tag.test(last.slice(colon + 1))) {
        return false;
    }
    const name = [...parts, colon >= 0 ? last.slice(0, colon) : last];
    const [first, ...rest] = name;
    const firstIsDomain = rest.length > 0 && (/[.:]/.test(first!) || first === "localhost" || /[A-Z]/.test(first!));
    return (
        name.join("/").length <= 255 &&
        (firstIsDomain ? domain.test(first!) : pathPart.test(first!)) &&
        rest.every(part => pathPart.test(part))
    );
}

/** An image reference; a `registry/name` is kept as it is written. */
export function image(example: string) {
    const expectation: Expectation = { wanted: "an image as plain text, REPOSITORY[:TAG][@DIGEST]", example };
    return leaf(expectation, raw => (typeof raw === "string" && isImageReference(raw) ? raw : undefined));
}
