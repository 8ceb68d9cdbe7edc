import { type Expectation, leaf } from "./leaves";

/**
 * The name of a header, in lower case.
 * @param isRefused which names are not taken here
 */
export function headerName(expectation: Expectation, isRefused: (name: string) => boolean) {
    return leaf(expectation, raw => {
        const name = typeof raw === "string" ? raw.toLowerCase() : "";
        return /^[a-z][a-z0-9-]{0,63}$/.test(name) && !isRefused(name) ? name : undefined;
    });
}
