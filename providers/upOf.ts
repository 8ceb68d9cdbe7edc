import { ServiceContainers } from "../engines/docker/ServiceContainers";
import { ServiceImages } from "../engines/docker/ServiceImages";
import { ServiceFront } from "../front/ServiceFront";
import { commandOutcome } from "../hooks/commandOutcome";
import { runHook } from "../hooks/runHook";
import { readCertificates } from "../journal/certificateRecords";
import { removeRecord } from "../journal/RecordStore";
import { seen } from "../look/seen";
import type { Journal } from "../up/Journal";
import type { Progress } from "../up/Progress";
import type { Up } from "../up/Up";
import { registryCredentials } from "./registryCredentials";
import type { Session } from "./Session";

/** @returns the ports of one service on the Docker host, for the procedures in up/. */
export function upOf(session: Session, service: string, progress: Progress): Up {
    return {
        service,
        containers: new ServiceContainers(session.engine, session.target, service),
        images: new ServiceImages(session.engine, session.target.front, service, registryCredentials),
        front: new ServiceFront(session, service),
        journal: journalOf(session, service),
        hooks: {
            run: ({ settings, context, ask, secretValues, show }) =>
                runHook(settings, context, ask, secretValues, show),
            command: commandOutcome,
        },
        clock: session.clock,
        progress,
        look: async () => seen(await session.observe([service]), service),
    };
}

function journalOf(session: Session, service: string): Journal {
    return {
        get owner() {
            return session.lease.owner;
        },
        take: waitMs => session.lease.take(waitMs),
        enter: phase => session.enter(phase),
        forget: () => removeRecord(session.lease, service),
        recorded: () => session.recorded(service),
        record: change => session.record(service, change),
        certificates: () => readCertificates(session.lease),
    };
}
