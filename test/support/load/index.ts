export { describeFailure, expectNoLoss, type NoLossOptions } from "./expectNoLoss";
export type { LaneKind, LoadMix, LoadOptions } from "./LoadOptions";
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
