import {
    lastLogLines,
    removeContainer,
    sendSignal,
    setRestartPolicy,
    startContainer,
    stopContainer,
} from "../docker/containers";
import { request } from "../docker/dialer";
import { ImageNotFound } from "../docker/errors";
import { connectContainer, inspectNetwork } from "../docker/networks";
import { standIn } from "../haproxy/names";
import { assertEveryWorker } from "../haproxy/WorkerResult";
import { isReader } from "../journal/RecordStore";
import { generationOf, isGeneration } from "../look/generations";
import { observedService } from "../look/observedService";
import { layout } from "../model/addresses";
import type { CertificateFile } from "../model/Certificate";
import type { ContainerInfo } from "../model/Container";
import { type FrontImage, heldImageId } from "../model/FrontImage";
import type { Worker } from "../model/FrontState";
import { folders } from "../model/folders";
import { usersOf } from "../model/ownership";
import type { StackRules } from "../model/StackRules";
import { frontNames, type Target } from "../model/Target";
import { currentWorkers } from "../model/World";
import type {
    BaseSettings,
    FrontGenerations,
    ImageTrial,
    SeenFront,
    SeenStack,
    SeenStart,
} from "../up/FrontGenerations";
import {
    type Guarded,
    namedBeside,
    sweepCertificates,
    withCertificatesBeside,
    writeCertificates,
} from "./certificateFiles";
import { baseChange } from "./configureBase";
import { createGeneration } from "./createGeneration";
import type { FrontAccess } from "./FrontAccess";
import { listenerPorts } from "./listeners";
import { lookAtStart } from "./lookAtStart";
import { prepareScript } from "./prepareScript";
import { hasQuic, withoutQuic } from "./quic";
import { writeStackRules } from "./stackRules";
import { isTrial, tryImage } from "./tryImage";
import { haproxyUser } from "./watchdog";

/** How long HAProxy's health page may take to answer, milliseconds. */
const healthMs = 2_000;

/** The images of one front on the Docker host. */
export interface FrontImages {
    /** Drops the images that are kept for the front's services. */
    drop(): Promise<void>;

    /**
     * Makes sure that an image of HAProxy is there, and pulls it otherwise.
     * @returns its local id
     */
    obtain(image: FrontImage, show: (line: string) => void): Promise<string>;
}

/** The containers of one front on the Docker host. */
export class DockerGenerations implements FrontGenerations {
    constructor(
        private readonly target: Target,
        private readonly access: FrontAccess,
        /** Runs a shell script in the anchor, in the record's folder, while this process has the lease. */
        private readonly guarded: Guarded,
        private readonly images: FrontImages,
    ) {}

    async look(): Promise<SeenFront> {
        const { anchor, owner, containers, front } = await this.access.observe([]);
        const taking = new Set(currentWorkers(front).map(({ generation }) => generation));
        const generations = containers
            .filter(container => isGeneration(container, this.target.front))
            .map(container => ({ ...container, number: generationOf(container) }))
            .map(container => ({ ...container, takesConnections: taking.has(String(container.number)) }))
            .sort((one, two) => one.number - two.number);
        return {
            anchor,
            owner,
            generations,
            readers: containers.filter(container => isReader(container) || isTrial(container)).map(({ id }) => id),
            answersOnSocket: [...taking].some(generation => generation !== standIn),
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
        if (settings.tls?.http3 !== undefined && !(await hasQuic(this.access.engine, await this.#haproxyNow()))) {
            throw new Error(withoutQuic("the front's image"));
        }
        await writeCertificates(this.guarded, settings.certificates ?? {});
        await this.access.configure(await baseChange(this.access.engine, this.target, settings));
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

    async obtainImage(image: FrontImage, show: (line: string) => void): Promise<string> {
        const { anchor, generations } = await this.look();
        const held = heldImageId(image.name, anchor, generations);
        try {
            return held ?? (await this.images.obtain(image, show));
        } catch (error) {
            if (!(error instanceof ImageNotFound)) {
                throw error;
            }
            throw new Error(`relink:front.image: ${error.message}\nThe front goes on with the HAProxy that it has.`);
        }
    }

    async tryImage(imageId: string, settings: BaseSettings): Promise<ImageTrial> {
        const { access, target } = this;
        const change = await baseChange(access.engine, target, settings);
        const files = [...change(new Map(await access.readFiles()))];
        const wanted = new Map(files.map(([path, text]) => [path, namedBeside(text)]));
        // A refused image leaves HAProxy's files as they are, its certificates too.
        return withCertificatesBeside(this.guarded, settings.certificates ?? {}, () =>
            tryImage(access.engine, target, imageId, wanted),
        );
    }

    async startGeneration(number: number, anchor: ContainerInfo, image: { name: string; id: string }): Promise<string> {
        await this.access.keepAnswered();
        return createGeneration(this.access.engine, this.target, number, anchor, image);
    }

    lookAtStart(number: number): Promise<SeenStart> {
        return lookAtStart(this.access, number);
    }

    lastLines(id: string): Promise<string[]> {
        return lastLogLines(this.access.engine, id, [], 10);
    }

    async leave(id: string): Promise<void> {
        const { engine } = this.access;
        await setRestartPolicy(engine, id, "no");
        await sendSignal(engine, id, "SIGUSR1");
    }

    dropImages(): Promise<void> {
        return this.images.drop();
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

    /** @returns the container whose HAProxy takes connections: the newest generation, or the anchor */
    async #haproxyNow(): Promise<string> {
        const { generations } = await this.look();
        const [newest] = generations.filter(({ takesConnections }) => takesConnections).slice(-1);
        return newest?.id ?? frontNames(this.target.front).anchor;
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
