import type { AcmeSettings, ManagedCertificate } from "../model/FrontSettings";
import { type RecordedCertificate, renewalOf } from "../model/RecordedCertificate";
import type { Authority, Challenge, IssueSteps } from "./Authority";
import type { FrontUp } from "./FrontUp";

/** How long the user's command may take to change a TXT record and to see it everywhere, milliseconds. */
const dnsMs = 10 * 60_000;

/**
 * Gets a certificate by ACME. The keys of the account and of the certificate are in the record before the order, and the order is
 * before its challenge, so that the next `up` or renewal goes on with them where this one dies.
 * @returns the record of it, which HAProxy does not have yet
 * @throws Error with the authority's words
 */
export async function obtainCertificate(
    up: FrontUp,
    acme: AcmeSettings,
    { name, hosts }: ManagedCertificate,
): Promise<RecordedCertificate> {
    const authority = up.authority(acme);
    up.progress.status(`getting a certificate for ${hosts.join(", ")} from ${authority.name}`);
    const accountKey = await accountKeyOf(up, acme, authority);
    const { certificates } = await up.journal.certificates();
    const before = certificates.get(name) ?? { format: 1, name };
    const next = before.next ?? { key: await authority.newKey() };
    if (before.next === undefined) {
        await up.journal.enter("certificate: key");
        await up.journal.writeCertificate({ ...before, next });
    }
    const replaces = before.issued?.directory === acme.directory ? before.issued : undefined;
    const issued = await authority.issue(
        { hosts, accountKey, ...next, replaces },
        {
            ...answersOf(up, acme),
            async ordered(order) {
                await up.journal.enter("certificate: order");
                await up.journal.writeCertificate({ ...before, next: { ...next, order } });
            },
        },
    );
    const { directory, profile } = acme;
    const window = await authority.renewalWindow(issued).catch(() => undefined);
    const renewAfter = renewalOf(issued, acme, window, Math.random());
    const { next: _used, failure: _past, ...rest } = before;
    const after: RecordedCertificate = {
        ...rest,
        issued: { ...issued, directory, profile, window, renewAfter, installed: false },
    };
    await up.journal.enter("certificate: issued");
    await up.journal.writeCertificate(after);
    return after;
}

/** @returns the key of the account at this authority. Another authority gets another one */
async function accountKeyOf(up: FrontUp, { directory }: AcmeSettings, authority: Authority): Promise<string> {
    const { account } = await up.journal.certificates();
    if (account?.directory === directory) {
        return account.key;
    }
    const key = await authority.newKey();
    await up.journal.enter("certificate: account");
    await up.journal.writeAccount({ format: 1, directory, key });
    return key;
}

/** Answers over HTTP by the front, or by the user's command that changes DNS. */
function answersOf(up: FrontUp, { dnsHook }: AcmeSettings): Omit<IssueSteps, "ordered"> {
    if (dnsHook === undefined) {
        return {
            async answer({ token, answer }) {
                await up.journal.enter("certificate: challenge");
                await up.generations.forgetChallenges();
                await up.generations.answerChallenge(token, answer);
            },
            withdraw: () => up.generations.forgetChallenges(),
        };
    }
    return {
        async answer(challenge) {
            await up.journal.enter("certificate: challenge");
            const { exitCode, isLate, output } = await runHook(up, dnsHook, "set", challenge);
            if (isLate || exitCode !== 0) {
                const how = isLate
                    ? `did not end within ${dnsMs / 60_000} minutes`
                    : `failed with exit code ${exitCode}`;
                throw new Error(`the command front.https.acme.dnsHook ${how}:\n    ${output.join("\n    ")}`);
            }
        },
        async withdraw(challenge) {
            const { exitCode, isLate } = await runHook(up, dnsHook, "clear", challenge);
            if (isLate || exitCode !== 0) {
                up.progress.warn(
                    `front.https.acme.dnsHook did not clear the TXT record of ${recordOf(challenge)}, which does no harm`,
                );
            }
        },
    };
}

function runHook(up: FrontUp, command: string, action: "set" | "clear", challenge: Challenge) {
    const env = {
        RELINK_DNS_ACTION: action,
        RELINK_DNS_NAME: recordOf(challenge),
        RELINK_DNS_VALUE: challenge.answer,
    };
    return up.command(command, env, dnsMs);
}

/** RFC 8555, section 8.4. */
function recordOf({ host }: Challenge): string {
    return `_acme-challenge.${host}`;
}
