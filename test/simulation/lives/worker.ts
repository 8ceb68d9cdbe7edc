/** A process of `npm run lives`: lives the lives of each seed that it is told, and sends what came of them. */

import { runSeed } from "./runSeed";
import type { Order } from "./Workers";

process.on("message", async ({ seed, lives }: Order) => {
    process.send?.(await runSeed(seed, lives));
});
// Ctrl-C reaches all processes of a terminal. This one ends with the one that started it.
process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit());
