import { removeContainer, startContainer, stopContainer } from "../docker/containers";
import { request } from "../docker/dialer";
import { connectContainer, inspectNetwork } from "../docker/networks";
import { standIn } from "../haproxy/names";
import { assertEveryWorker } from "../haproxy/WorkerResult";
import { isReader } from "../journal/RecordStore";
import { generationOf, isGeneration } from "../look/generations";
import { observedService } from "../look/observedService";
import { layout } from "../model/addresses";
import type { CertificateFile } from "../model/Certificate";
import type { ContainerInfo } from "../model/Container";
import type { Worker } from "../model/FrontState";
import { folders } from "../model/folders";
import { usersOf } from "../model/ownership";
import type { StackRules } from "../model/StackRules";
import { frontNames, type Target } from "../model/Target";
import { currentWorkers } from "../model/World";
import type { BaseSettings, FrontGenerations, SeenFront, SeenStack } from "../up/FrontGenerations";
import { type Guarded, sweepCertificates, writeCertificates } from "./certificateFiles";
import { configureBase } from "./configureBase";
import { createGeneration } from "./createGeneration";
import type { FrontAccess } from "./FrontAccess";
import { listenerPorts } from "./listeners";
import { prepareScript } from "./prepareScript";
import { hasQuic, withoutQuic } from "./quic";
import { writeStackRules } from "./stackRules";
import { haproxyUser } from "./watchdog";

/** How long HAProxy's health page may take to answer, milliseconds. */
const healthMs = 2_000;

/** The containers of one front on the Docker host. */
export class DockerGenerations implements FrontGenerations {
    constructor(
        private readonly target: Target,
        private readonly access: FrontAccess,
        /** Runs a shell script in the anchor, in the record's folder, while this process has the lease. */
        private readonly guarded: Guarded,
        /** Drops the images that are kept for the front's services. */
        readonly dropImages: () => Promise<void>,
    ) {}

    async look(): Promise<SeenFront> {
        const { anchor, owner, containers, front } = await this.access.observe([]);
        const generations = containers
            .filter(container => isGeneration(container, this.target.front))
            .map(container => ({ ...container, number: generationOf(container) }))
            .sort((one, two) => one.number - two.number);
        return {
            anchor,
            owner,
            generations,
            readers: containers.filter(isReader).map(({ id }) => id),
            answersOnSocket: currentWorkers(front).some(({ generation }) => generation !== standIn),
        };
    }

    async lookAtAll(): Promise<SeenStack> {
        const world = await this.access.observe();
        const { anchor, containers, records } = world;
        return {
            anchor,
            containers,
            incarnation: records.frontIncarnation,
            services: [...records.services.keys()].map(name => observedService(world, name)),
            users: usersOf(records),
        };
    }

    async connectAnchor(id: string): Promise<void> {
        const { network } = frontNames(this.target.front);
        const subnet = (await inspectNetwork(this.access.engine, network))?.subnet;
        if (subnet !== undefined) {
            await connectContainer(this.access.engine, network, id, layout(subnet).anchor);
        }
    }

    startAnchor(id: string): Promise<void> {
        return startContainer(this.access.engine, id);
    }

    async prepareFolders(): Promise<void> {
        await this.guarded(prepareScript, [folders.run, haproxyUser]);
    }

    async configure(settings: BaseSettings): Promise<void> {
        const { anchor } = frontNames(this.target.front);
        if (settings.tls?.http3 !== undefined && !(await hasQuic(this.access.engine, anchor))) {
            throw new Error(withoutQuic("the front's image"));
        }
        await writeCertificates(this.guarded, settings.certificates ?? {});
        await configureBase(this.access.engine, this.target, this.access, settings);
    }

    async configureServices(rules: StackRules): Promise<void> {
        await this.access.configure(files => {
            writeStackRules(files, rules);
            return files;
        });
    }

    async setCertificates(certificates: Readonly<Record<string, CertificateFile>>): Promise<void> {
        await this.#tellCertificates(certificates);
        await sweepCertificates(this.guarded, Object.keys(certificates));
    }

    async replaceCertificate(name: string, file: CertificateFile): Promise<void> {
        await writeCertificates(this.guarded, { [name]: file });
        await this.#tellCertificates({ [name]: file });
    }

    async answerChallenge(token: string, answer: string): Promise<void> {
        const results = await this.access.runtime.setMap(await this.#workers(), "challenges", token, answer);
        if (results.length === 0) {
            throw new Error("HAProxy does not run, so nothing answers the authority");
        }
        assertEveryWorker("the answer to a challenge", results);
    }

    async forgetChallenges(): Promise<void> {
        const results = await this.access.runtime.clearMap(await this.#workers(), "challenges");
        assertEveryWorker("the end of the challenges", results);
    }

    startGeneration(number: number, anchor: ContainerInfo): Promise<void> {
        return createGeneration(this.access.engine, this.target, number, anchor);
    }

    async health(address: string): Promise<number> {
        const page = { address, port: listenerPorts.metrics, path: "/healthz", timeoutMs: healthMs };
        return (await request(this.access.dialer, page)).status;
    }

    stop(id: string, graceMs: number): Promise<void> {
        return stopContainer(this.access.engine, id, graceMs);
    }

    remove(id: string): Promise<void> {
        return removeContainer(this.access.engine, id);
    }

    async #tellCertificates(certificates: Readonly<Record<string, CertificateFile>>): Promise<void> {
        // A worker from before the change has the certificates that it started with.
        const workers = Object.keys(certificates).length === 0 ? [] : await this.#workers();
        const results = await this.access.runtime.setCertificates(workers, certificates);
        assertEveryWorker("the certificates", results);
    }

    /** @returns the workers that take new connections. */
    async #workers(): Promise<Worker[]> {
        return currentWorkers((await this.access.observe([])).front);
    }
}
