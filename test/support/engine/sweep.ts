/** Removes the Engines of processes that have ended. The guardian of each Engine runs this. */
import { OwnEngine } from "../OwnEngine";

OwnEngine.sweep().catch(() => {
    // The next process that makes an Engine tries again, and says why it cannot.
    process.exitCode = 1;
});
