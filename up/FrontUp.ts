import type { AcmeSettings } from "../model/FrontSettings";
import type { IssuedCertificate } from "../model/RecordedCertificate";
import type { Authority } from "./Authority";
import type { Clock } from "./Clock";
import type { CommandOutcome } from "./CommandOutcome";
import type { FrontGenerations } from "./FrontGenerations";
import type { FrontJournal } from "./FrontJournal";
import type { Progress } from "./Progress";

/** The front in one `up`: all that a procedure of the front may see and change. */
export interface FrontUp {
    /** Name of the front. */
    readonly name: string;
    readonly generations: FrontGenerations;
    readonly journal: FrontJournal;
    readonly clock: Clock;
    readonly progress: Progress;

    /** @returns the authority that issues certificates by ACME */
    authority(settings: AcmeSettings): Authority;

    /** Signs a certificate with its own key, for hosts and addresses. */
    selfSign(hosts: readonly string[]): Promise<IssuedCertificate>;

    /** Runs a user's command on this machine, with these variables in its environment. */
    command(command: string, env: Record<string, string>, timeoutMs: number): Promise<CommandOutcome>;
}
