export { type Allowed, describeFailure, expectNoLoss, type NoLossOptions, problemsOf } from "./expectNoLoss";
export type { AnsweredBy, LaneKind, LoadMix, LoadOptions } from "./LoadOptions";
export type {
    Bucket,
    Failure,
    FailureKind,
    Latency,
    LoadResult,
    LoadSnapshot,
    Phase,
    Switch,
    VersionSeen,
} from "./LoadResult";
export { type LoadRun, startLoad } from "./startLoad";
