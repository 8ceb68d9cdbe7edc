/** Why a release is not tried again by itself. */
export interface Verdict {
    release: string;
    reason: string;
    retryToken?: string;
}
