import fc from "fast-check";
import { isFull } from "../support/isFull";

/**
 * The seed of random cases. Every run has the same one, so that only a change makes a test fail. `npm run test:full` has
 * another one each time. `RELINK_SEED=NUMBER` replays the seed that a failure printed.
 */
const seed = process.env.RELINK_SEED ?? (isFull ? Date.now() : 20_261_125);
fc.configureGlobal({ seed: Number(seed) });
