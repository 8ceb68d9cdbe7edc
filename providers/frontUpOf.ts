import { dropImages } from "../engines/docker/keptImages";
import { obtainFrontImage } from "../engines/docker/obtainFrontImage";
import { DockerGenerations } from "../front/DockerGenerations";
import { commandOutcome } from "../hooks/commandOutcome";
import { readCertificates, removeCertificate, writeAccount, writeCertificate } from "../journal/certificateRecords";
import { ensureKey, markSettled, markUnsettled, writeFrontIncarnation, writeOwner } from "../journal/frontRecord";
import type { AcmeSettings } from "../model/FrontSettings";
import type { Authority } from "../up/Authority";
import type { FrontJournal } from "../up/FrontJournal";
import type { FrontUp } from "../up/FrontUp";
import type { Progress } from "../up/Progress";
import { registryCredentials } from "./registryCredentials";
import type { Session } from "./Session";

/**
 * @param waitMs how long to wait for another `up` that has the lease, milliseconds. @default not at all
 * @returns the ports of the front on the Docker host, for the procedures in up/
 */
export function frontUpOf(session: Session, progress: Progress, waitMs = 0): FrontUp {
    const { engine, target, lease, clock } = session;
    return {
        name: target.front,
        generations: new DockerGenerations(
            target,
            session,
            (script, args, stdin) => lease.guarded(script, args, stdin),
            {
                drop: () => dropImages(engine, target.front, () => false),
                obtain: async (image, show) => obtainFrontImage(engine, image, await registryCredentials(), show),
            },
        ),
        journal: journalOf(session, waitMs),
        clock,
        progress,
        authority: settings => lazyAuthority(settings),
        selfSign: async hosts => (await import("../acme/selfSigned")).selfSigned(hosts),
        command: (command, env, timeoutMs) => commandOutcome(command, timeoutMs, env),
    };
}

/** What speaks ACME is loaded when a certificate is due. */
function lazyAuthority(settings: AcmeSettings): Authority {
    let loaded: Promise<Authority> | undefined;
    const real = () => {
        loaded ??= import("../acme/AcmeAuthority").then(({ AcmeAuthority }) => new AcmeAuthority(settings));
        return loaded;
    };
    return {
        name: new URL(settings.directory).host,
        newKey: async () => (await real()).newKey(),
        issue: async (order, steps) => (await real()).issue(order, steps),
        renewalWindow: async issued => (await real()).renewalWindow(issued),
    };
}

function journalOf(session: Session, waitMs: number): FrontJournal {
    const { lease } = session;
    return {
        stack: lease.stack,
        enter: phase => session.enter(phase),
        take: adoptFrom => lease.take(waitMs, adoptFrom),
        own: former => writeOwner(lease, lease.stack, former),
        writeIncarnation: incarnation => writeFrontIncarnation(lease, incarnation),
        ensureKey: key => ensureKey(lease, key),
        begin: () => markUnsettled(lease),
        settle: () => markSettled(lease),
        certificates: () => readCertificates(lease),
        writeAccount: account => writeAccount(lease, account),
        writeCertificate: certificate => writeCertificate(lease, certificate),
        removeCertificate: name => removeCertificate(lease, name),
    };
}
