import { dropImages } from "../engines/docker/keptImages";
import { DockerGenerations } from "../front/DockerGenerations";
import { ensureKey, writeFrontIncarnation, writeOwner } from "../journal/frontRecord";
import type { FrontJournal } from "../up/FrontJournal";
import type { FrontUp } from "../up/FrontUp";
import type { Progress } from "../up/Progress";
import type { Session } from "./Session";

/** @returns the ports of the front on the Docker host, for the procedures in up/ */
export function frontUpOf(session: Session, progress: Progress): FrontUp {
    const { engine, target, lease, clock } = session;
    return {
        name: target.front,
        generations: new DockerGenerations(
            target,
            session,
            (script, args, stdin) => lease.guarded(script, args, stdin),
            () => dropImages(engine, target.front, () => false),
        ),
        journal: journalOf(session),
        clock,
        progress,
    };
}

function journalOf(session: Session): FrontJournal {
    const { lease } = session;
    return {
        stack: lease.stack,
        enter: phase => session.enter(phase),
        take: adoptFrom => lease.take(0, adoptFrom),
        own: former => writeOwner(lease, lease.stack, former),
        writeIncarnation: incarnation => writeFrontIncarnation(lease, incarnation),
        ensureKey: key => ensureKey(lease, key),
    };
}
