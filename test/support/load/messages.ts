import type { AnsweredBy, LoadPlan } from "./LoadOptions";
import type { LoadResult, LoadSnapshot } from "./LoadResult";

/** What the two processes say to each other. Every request of the parent with an `id` gets one answer with it. */
export type ToWorker =
    | { type: "start"; id: number; plan: LoadPlan }
    | { type: "mark"; id: number; name: string; answeredBy: AnsweredBy | undefined }
    | { type: "snapshot"; id: number }
    | { type: "stop"; id: number };

export type FromWorker =
    | { type: "answer"; id: number; value: undefined | LoadSnapshot | LoadResult }
    | { type: "error"; id: number; message: string }
    /** A bound was reached and everything that had begun is settled. */
    | { type: "finished" };
