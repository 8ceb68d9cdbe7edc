import type { Phase } from "../../up/phases";

/** The steps of a switch, in order. */
export const switchSteps: readonly Phase[] = [
    "link: intent",
    "link: file",
    "link: memory",
    "link: confirm",
    "link: confirmed",
];

/** The steps of a release from its proof to the end of its switch, in order. */
export const proofAndSwitchSteps: readonly Phase[] = [
    "deploy: prove",
    "deploy: keep",
    "deploy: proved",
    ...switchSteps,
];
