/** Why relink does not try a release again by itself. */
export interface Verdict {
    /** Id of the release. */
    release: string;
    reason: string;
    /** The `retryToken` of that time; another one voids the verdict. */
    retryToken?: string;
}
