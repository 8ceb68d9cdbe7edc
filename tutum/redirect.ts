import type { Conversion, TutumService, Variable } from "./Conversion";

/** The statuses of relink's redirect to HTTPS, by those of HAProxy's. 302 is HAProxy's default. */
const statuses: Record<string, number> = { "301": 301, "302": 302, "303": 302, "307": 308, "308": 308 };

/** @returns the status of a line that redirects to HTTPS whatever came without; undefined for any other line */
export function httpsRedirectIn(line: string): number | undefined {
    const pattern =
        /^(?:http-request\s+)?redirect\s+scheme\s+https(?:\s+code\s+(\d{3}))?\s+(?:if\s+!\s*\{\s*ssl_fc\s*\}|unless\s+\{\s*ssl_fc\s*\})$/;
    const match = pattern.exec(line.trim());
    return match === null ? undefined : statuses[match[1] ?? "302"];
}

/** Redirects all services. */
export function redirectAll(status: number, variable: Variable, to: Conversion): void {
    to.setFront(["http", "redirectToHttps"], status, variable);
}

/**
 * Redirects one service. The front's own setting is for all; {@link shareRedirects} makes it of this one where all services
 * have it.
 */
export function redirectService(
    status: number,
    { variable, service }: { variable: Variable; service: TutumService },
    to: Conversion,
): void {
    to.redirects.set(service.name, { status, variable });
}

/** `FORCE_SSL` of a service: any value. */
export function mapForceSsl(variable: Variable, service: TutumService, to: Conversion): void {
    redirectService(301, { variable, service }, to);
}

/**
 * Redirects by the front where all services are redirected, and by own lines of some otherwise. relink's own request is not
 * redirected, because it confirms a link by the service's answer.
 */
export function shareRedirects(to: Conversion): void {
    const redirects = to.linked.map(service => ({ service, redirect: to.redirects.get(service.name) }));
    const [first] = redirects.flatMap(({ redirect }) => (redirect === undefined ? [] : [redirect]));
    if (first === undefined) {
        return;
    }
    if (redirects.every(({ redirect }) => redirect?.status === first.status)) {
        redirectAll(first.status, first.variable, to);
        return;
    }
    for (const { service, redirect } of redirects) {
        if (redirect !== undefined) {
            const line = `http-request redirect scheme https code ${redirect.status} if !{ ssl_fc } !{ var(txn.confirmed) -m bool }`;
            to.addBackendLine(service, line, redirect.variable);
        }
    }
}
