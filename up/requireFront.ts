import { isFor } from "../model/RecordedCertificate";
import { type Route, routeText } from "../model/Route";
import type { FrontNeeds } from "./FrontNeeds";
import type { Up } from "./Up";

const where = "What an authority asks for, and why it may refuse: docs/failures.md#certificates";

/**
 * Refuses to go on where a route would open that the front is not ready for: without a certificate, without the rules of who may
 * ask the service, or without a listener. An `up` with `--target` may have left the front out. Routes that are open already stay as they are.
 * @param held the routes that lead to the service
 */
export async function requireFront(
    up: Up,
    routes: readonly Route[],
    held: readonly Route[],
    needs: FrontNeeds = {},
): Promise<void> {
    const open = held.map(routeText);
    const opening = routes.filter(route => !open.includes(routeText(route)));
    if (opening.length === 0) {
        return;
    }
    await requireAccess(up, needs);
    await requireListeners(
        up,
        opening.flatMap(({ tcpPort }) => tcpPort ?? []),
    );
    await requireCertificates(
        up,
        opening.filter(({ tcpPort }) => tcpPort === undefined).map(({ host }) => host),
        needs,
    );
}

async function requireAccess({ service, front }: Up, { access }: FrontNeeds): Promise<void> {
    if (access === undefined || (await front.guards(access))) {
        return;
    }
    const names = { basic: "auth.basic", allow: "allow", maintenance: "maintenance" } as const;
    const settings = (Object.keys(access) as (keyof typeof names)[]).map(
        key => `relink:services.${service}.${names[key]}`,
    );
    throw new Error(
        `${service}: nothing was switched and no route has opened, because the front does not keep ${settings.join(" and ")} ` +
            "yet. This up has left the front out (--target), or it failed. Run pulumi up without --target",
    );
}

async function requireListeners({ service, front }: Up, ports: readonly number[]): Promise<void> {
    if (ports.length > 0 && !(await front.listens(ports))) {
        throw new Error(
            `${service}: nothing was switched, because the front does not listen at port ${ports[0]} yet. This up has left ` +
                "the front out (--target), or it failed. Run pulumi up without --target",
        );
    }
}

async function requireCertificates({ service, journal }: Up, hosts: string[], needs: FrontNeeds): Promise<void> {
    const { certificates: needed = [] } = needs;
    const wanted = needed
        .map(({ name, hosts: own }) => ({ name, hosts: own.filter(host => hosts.includes(host)) }))
        .filter(({ hosts }) => hosts.length > 0);
    if (wanted.length === 0) {
        return;
    }
    const { certificates } = await journal.certificates();
    const missing = wanted.flatMap(({ name, hosts }) => {
        const { issued, failure = "nobody was asked for it. Run pulumi up without --target" } =
            certificates.get(name) ?? {};
        const isThere = issued?.installed && isFor(issued, hosts);
        return isThere ? [] : [`${hosts.join(", ")}: ${failure}`];
    });
    if (missing.length > 0) {
        throw new Error(
            `${service}: nothing was switched and no route has opened, because there is no certificate yet:\n    ` +
                `${missing.join("\n    ")}\n  ${where}`,
        );
    }
}
