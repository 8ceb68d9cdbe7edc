import fc from "fast-check";
import { isFull } from "../support/isFull";

/**
 * The same random cases on every run, so that what fails is what was changed; other ones with every `npm run test:full`,
 * and those of a seed that a failure printed with `RELINK_SEED=NUMBER`.
 */
const seed = process.env.RELINK_SEED ?? (isFull ? Date.now() : 20_261_125);
fc.configureGlobal({ seed: Number(seed) });
