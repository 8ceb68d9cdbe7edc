import type { LeaseFile } from "../model/Lease";
import { Owner } from "./Owner";

/** @returns the content of the lease file; undefined where the lease is free, or there is no file */
export function parseLease(text: string | undefined): LeaseFile | undefined {
    const [, expires, token = "-", holder = ""] = (text ?? "").split("\n");
    const seconds = Number(expires);
    return token === "-" || !(seconds > 0)
        ? undefined
        : { expires: new Date(seconds * 1000), holder: Owner.parse(holder) };
}
