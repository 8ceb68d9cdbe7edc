import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import { isIP } from "node:net";
import { resolve } from "node:path";
import { rootCertificates } from "node:tls";
import * as acme from "acme-client";
import axios from "axios";
import type { AcmeSettings } from "../model/FrontSettings";
import type { IssuedCertificate, RenewalWindow } from "../model/RecordedCertificate";
import { retry } from "../time/retry";
import type { Authority, CertificateOrder, IssueSteps } from "../up/Authority";
import { isStop } from "../up/stop";
import { issuedOf } from "./issuedOf";
import { renewalId } from "./renewalId";

/** How long an authority may take for one answer, milliseconds. */
const answerMs = 30_000;
/** Pauses between two looks at an order or a challenge, milliseconds, and how many looks there are: some two minutes. */
const looks = { backoffMin: 250, backoffMax: 5_000, backoffAttempts: 28 };

type Order = acme.Order;
interface RenewalInfo {
    suggestedWindow?: { start?: string; end?: string };
}
/** The package passes on what else is in it. */
type OrderRequest = Parameters<acme.Client["createOrder"]>[0];

/** An authority behind ACME (RFC 8555), by the package acme-client. */
export class AcmeAuthority implements Authority {
    readonly name: string;
    readonly #agent: Agent | undefined;

    /** @throws Error where the file `directoryCa` cannot be read */
    constructor(private readonly settings: AcmeSettings) {
        this.name = new URL(settings.directory).host;
        const { defaults } = acme.axios;
        this.#agent = agentFor(settings.directoryCa);
        Object.assign(defaults, { timeout: answerMs, httpsAgent: this.#agent });
        // An authority that does not answer is tried again after 1 s and after 2 s.
        Object.assign((defaults as { acmeSettings?: object }).acmeSettings ?? {}, {
            retryMaxAttempts: 2,
            retryDefaultDelay: 1,
        });
    }

    async newKey(): Promise<string> {
        return String(await acme.crypto.createPrivateEcdsaKey("P-256"));
    }

    async issue(wanted: CertificateOrder, steps: IssueSteps): Promise<IssuedCertificate> {
        const { hosts, accountKey, key } = wanted;
        return this.#located(async () => {
            await this.#directory();
            const client = new acme.Client({ directoryUrl: this.settings.directory, accountKey, ...looks });
            await ensureAccount(client, this.settings.email);
            let order = (await this.#resumed(client, wanted)) ?? (await this.#ordered(client, wanted));
            await steps.ordered(order.url);
            if (order.status === "pending") {
                await prove(client, order, this.settings.dnsHook === undefined ? "http-01" : "dns-01", steps);
                order = { ...(await client.waitForValidStatus<Order>(order)), url: order.url };
            }
            if (order.status === "ready") {
                const [, request] = await acme.crypto.createCsr({ altNames: [...hosts] }, key);
                order = await client.finalizeOrder(order, request);
            }
            return issuedOf(await client.getCertificate(order), key);
        });
    }

    async renewalWindow(issued: IssuedCertificate): Promise<RenewalWindow | undefined> {
        const { renewalInfo } = await this.#directory();
        const id = renewalId(issued.pem);
        if (renewalInfo === undefined || id === undefined) {
            return undefined;
        }
        const { data } = await axios.get<RenewalInfo>(`${renewalInfo}/${id}`, this.#options);
        const [from, to] = [data.suggestedWindow?.start, data.suggestedWindow?.end].map(time => Date.parse(time ?? ""));
        return from! <= to! ? { from: new Date(from!).toISOString(), to: new Date(to!).toISOString() } : undefined;
    }

    /** @returns the order that an `up` that died has made, where it can still become a certificate */
    async #resumed(client: acme.Client, { order: url }: CertificateOrder): Promise<Order | undefined> {
        if (url === undefined) {
            return undefined;
        }
        const order = await client.getOrder({ url } as Order).catch(() => undefined);
        return order === undefined || order.status === "invalid" ? undefined : order;
    }

    async #ordered(client: acme.Client, { hosts, replaces }: CertificateOrder): Promise<Order> {
        const { profile } = this.settings;
        const id = replaces && renewalId(replaces.pem);
        const order = {
            identifiers: hosts.map(value => ({ type: isIP(value) ? "ip" : "dns", value })),
            ...(profile !== undefined && { profile }),
        };
        if (id !== undefined) {
            try {
                return await client.createOrder({ ...order, replaces: id } as OrderRequest);
            } catch {
                // Some authorities do not know `replaces`, or have replaced that certificate already (RFC 9773, section 5).
            }
        }
        return client.createOrder(order as OrderRequest);
    }

    /**
     * Reads the directory. The package says nothing of use about an authority that does not answer.
     * @throws Error that says why it cannot be reached
     */
    async #directory(): Promise<{ renewalInfo?: string }> {
        const ask = () => axios.get<{ renewalInfo?: string }>(this.settings.directory, this.#options);
        const isTransient = (error: unknown) => !axios.isAxiosError(error) || error.response === undefined;
        return (await retry(ask, { isTransient, firstMs: 500, tries: 3 })).data;
    }

    get #options() {
        return { httpsAgent: this.#agent, timeout: answerMs };
    }

    /** @throws the error with the authority's name in front */
    async #located<T>(run: () => Promise<T>): Promise<T> {
        try {
            return await run();
        } catch (error) {
            if (isStop(error)) {
                throw error;
            }
            // The package fails in this way where a connection does.
            const why = error instanceof TypeError ? "it does not answer any more" : (error as Error).message;
            throw new Error(`${this.name}: ${why}`, { cause: error });
        }
    }
}

/** Makes the account of the client's key, unless there is one. The authority gets the present email address. */
async function ensureAccount(client: acme.Client, email: string | undefined): Promise<void> {
    const contact = email === undefined ? [] : [`mailto:${email}`];
    const known = await client.createAccount({ onlyReturnExisting: true }).catch(() => undefined);
    if (known === undefined) {
        await client.createAccount({ termsOfServiceAgreed: true, contact });
    } else if (!contact.every(address => known.contact?.includes(address))) {
        await client.updateAccount({ contact });
    }
}

/** Answers each challenge of an order, one after the other. */
async function prove(client: acme.Client, order: Order, type: string, steps: IssueSteps): Promise<void> {
    for (const authorization of await client.getAuthorizations(order)) {
        if (authorization.status === "valid") {
            continue;
        }
        const host = authorization.identifier.value;
        const challenge = authorization.challenges.find(challenge => challenge.type === type);
        if (challenge === undefined) {
            throw new Error(`it does not offer the challenge ${type} for ${host}`);
        }
        const { token } = challenge;
        const told = { host, token, answer: await client.getChallengeKeyAuthorization(challenge) };
        try {
            await steps.answer(told);
            await client.completeChallenge(challenge);
            await client.waitForValidStatus(challenge);
        } finally {
            await steps.withdraw(told);
        }
    }
}

/** @returns what connects to a directory that others than the public authorities have signed for; undefined for the others */
function agentFor(file: string | undefined): Agent | undefined {
    if (file === undefined) {
        return undefined;
    }
    return new Agent({ ca: [...rootCertificates, readFileSync(resolve(file), "utf8")] });
}
