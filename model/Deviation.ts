/** Something of a color that is not as relink left it: somebody else has changed it. */
export interface Deviation {
    /** In words: what, and how it is now. */
    what: string;
    /** What undoes it by hand, a command or in words; none where only relink can. */
    fix?: string;
}
