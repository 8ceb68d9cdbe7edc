import assert from "node:assert/strict";
import type { CertificateRecords, IssuedCertificate, RenewalWindow } from "../../model/RecordedCertificate";
import type { Authority, CertificateOrder, IssueSteps } from "../../up/Authority";

const day = 24 * 3_600_000;

/** What the authority sees of a front. */
interface FrontOfAuthority {
    readonly certificates: CertificateRecords;
    /** Answers to challenges in HAProxy's memory. */
    readonly challenges: ReadonlyMap<string, string>;
    readonly nowMs: number;
}

/**
 * An authority in memory. It keeps the rules of ACME that matter here: an order needs the answer to its challenge in HAProxy's
 * memory, and an order that was made is there for the next `up`.
 */
export class SimulatedAuthority {
    /** What it has issued, oldest first. */
    readonly issued: (IssuedCertificate & { key: string })[] = [];
    /** URL of an order -> its key. */
    readonly orders = new Map<string, string>();
    /** Hosts that do not lead to the front. */
    readonly refused = new Set<string>();
    isDown = false;
    window: RenewalWindow | undefined;
    /** @default 90 days */
    lifetimeMs = 90 * day;
    #keys = 0;

    constructor(private readonly front: FrontOfAuthority) {}

    /** @param call one call of an `up`, at which it may die */
    port(call: <T>(effect: () => T) => Promise<T>): Authority {
        return {
            name: "authority",
            newKey: async () => `key ${++this.#keys}`,
            issue: (order, steps) => this.#issue(order, steps, call),
            renewalWindow: () =>
                call(() => {
                    this.#mustAnswer();
                    return this.window;
                }),
        };
    }

    async #issue(
        { hosts, accountKey, key, order }: CertificateOrder,
        steps: IssueSteps,
        call: <T>(effect: () => T) => Promise<T>,
    ): Promise<IssuedCertificate> {
        const { account, certificates } = this.front.certificates;
        assert.equal(account?.key, accountKey, "the account's key is in the record before the order");
        const recorded = [...certificates.values()].some(({ next }) => next?.key === key);
        assert(recorded, "the certificate's key is in the record before the order");
        const url = await call(() => {
            this.#mustAnswer();
            const known = order ?? `order ${this.orders.size + 1}`;
            this.orders.set(known, key);
            return known;
        });
        await steps.ordered(url);
        for (const host of hosts) {
            const challenge = { host, token: `token-${host}`, answer: `answer-${host}` };
            try {
                await steps.answer(challenge);
                await call(() => {
                    this.#mustAnswer();
                    const seen = this.refused.has(host) ? undefined : this.front.challenges.get(challenge.token);
                    if (seen !== challenge.answer) {
                        throw new Error(`${host} does not answer the challenge`);
                    }
                });
            } finally {
                await steps.withdraw(challenge);
            }
        }
        return call(() => this.#certificate(hosts, key));
    }

    #certificate(hosts: readonly string[], key: string): IssuedCertificate {
        const [notBefore, notAfter] = [0, this.lifetimeMs].map(ms => new Date(this.front.nowMs + ms).toISOString());
        const number = this.issued.length + 1;
        const made = { pem: `${number} ${key}`, fingerprint: `${number}`, hosts: [...hosts] };
        const issued = { ...made, notBefore: notBefore!, notAfter: notAfter! };
        this.issued.push({ ...issued, key });
        return issued;
    }

    #mustAnswer(): void {
        if (this.isDown) {
            throw new Error("authority: connect ECONNREFUSED");
        }
    }
}
