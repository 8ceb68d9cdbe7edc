import type { Problem } from "../settings/Problem";
import type { RawConfig } from "../settings/parse";
import { withCertificateFiles } from "./certificateFiles";
import { withClientCaFile } from "./clientCaFile";
import { withPageFiles } from "./pageFiles";

/** What reads the files that one setting names. */
const readers = [withCertificateFiles, withPageFiles, withClientCaFile];

/**
 * Reads the files that the stack config names.
 * @param folder what the files' paths start from
 * @returns the config with the files' content, and a problem for each file that cannot be read
 */
export function withNamedFiles(raw: RawConfig, folder: string): { raw: RawConfig; problems: Problem[] } {
    return readers.reduce(
        (before, read) => {
            const { raw, problems } = read(before.raw, folder);
            return { raw, problems: [...before.problems, ...problems] };
        },
        { raw, problems: [] as Problem[] },
    );
}
