import { ownServices } from "../model/ownership";
import { type FrontStatus, frontProblems, frontStatus } from "./FrontStatus";
import type { OpenStack } from "./OpenStack";
import { type ServiceStatus, serviceStatus } from "./ServiceStatus";

/** What `npm run status -- --json` prints. Times are of the Docker host's clock. */
export interface StackStatus {
    project: string;
    stack: string;
    at: string;
    /** Whether everything is as it was last confirmed, and ready. */
    ok: boolean;
    /** Where the links come from: HAProxy itself or, while it does not answer, the record. */
    source: "haproxy" | "record";
    front: FrontStatus;
    services: ServiceStatus[];
    /** What is wrong with the stack as a whole, with the next step. */
    problems: string[];
}

/** @returns what an opened stack is at a moment. Reads nothing itself. */
export function stackStatus(opened: Omit<OpenStack, "live">, at: Date): StackStatus {
    const { target, settings, problems, world, haproxyProblem } = opened;
    const names = new Set([
        ...ownServices(world.records, target),
        ...(settings?.services ?? []).map(({ name }) => name),
    ]);
    const services = [...names].sort().map(name =>
        serviceStatus(
            world,
            name,
            settings?.services.find(service => service.name === name),
            at,
        ),
    );
    const found = [...frontProblems(world, target, haproxyProblem), ...configProblem(problems.length)];
    return {
        project: target.project,
        stack: target.stack,
        at: at.toISOString(),
        ok: found.length === 0 && services.every(({ problems }) => problems.length === 0),
        source: world.front === undefined ? "record" : "haproxy",
        front: frontStatus(world, target),
        services,
        problems: found,
    };
}

function configProblem(count: number): string[] {
    const settings = count === 1 ? "1 setting is" : `${count} settings are`;
    return count === 0 ? [] : [`${settings} wrong in the config; pulumi preview says which. What is live is shown`];
}
