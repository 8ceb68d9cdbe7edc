/** What is left of the Engines of processes that are gone is removed. The guardian of each Engine runs this. */
import { OwnEngine } from "../OwnEngine";

OwnEngine.sweep().catch(() => {
    // The next one that makes an Engine tries again, and says why it cannot.
    process.exitCode = 1;
});
