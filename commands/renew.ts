import { LeaseHeld } from "../journal/leaseErrors";
import { endAll } from "../providers/atEnd";
import { frontUpOf } from "../providers/frontUpOf";
import { onProgress, progressFor } from "../providers/progress";
import { Session } from "../providers/Session";
import { type Renewal, renewDue } from "../up/renewDue";
import { CommandFailed, exitCodes, readArguments, runAsProgram } from "./command";
import { type OpenStack, openStack } from "./OpenStack";

const usage = `Usage: npm run renew [-- OPTIONS]
    Renews the certificates that relink got itself, by ACME or by signing them, and
    that are due. It releases nothing and changes nothing else, and does nothing
    where nothing is due. Run it once or twice a day (docs/settings.md).

    --stack NAME   another stack than the selected one
    --help         this text

Exit code: 0 nothing was due, or all is renewed; 3 a certificate was not renewed,
and the one before stays; 1 it could not be read; 2 an option is not known.`;

/** How long to wait for an `up`, milliseconds. */
const waitMs = 10 * 60_000;

async function renew(args: string[]): Promise<number> {
    const { values } = readArguments(args, { stack: { type: "string" }, help: { type: "boolean", short: "h" } }, usage);
    if (values.help) {
        console.log(usage);
        return exitCodes.fine;
    }
    const opened = await openStack(values.stack);
    try {
        const renewals = await renewalsOf(opened);
        for (const line of renewals.map(lineOf)) {
            console.log(line);
        }
        if (renewals.every(({ outcome }) => outcome === "not due" || outcome === "missing")) {
            console.log("No certificate is due: nothing was done.");
        }
        return renewals.some(({ outcome }) => outcome === "failed") ? exitCodes.attention : exitCodes.fine;
    } catch (error) {
        throw error instanceof LeaseHeld
            ? new CommandFailed(
                  `An up is at work on this front: ${error.owner}. Nothing was renewed; run this again later.`,
              )
            : error;
    } finally {
        await endAll();
    }
}

async function renewalsOf({ settings, problems, target, world }: OpenStack): Promise<Renewal[]> {
    if (settings === undefined) {
        const count = problems.length === 1 ? "1 setting is" : `${problems.length} settings are`;
        throw new CommandFailed(`${count} wrong in the config, so nothing was renewed. pulumi preview says which.`);
    }
    const { https } = settings.front;
    if (target.uses) {
        const stack = world.owner === undefined ? "its own stack" : `the stack ${world.owner}`;
        throw new CommandFailed(
            `The front ${target.front} is another stack's, and so are its certificates. Nothing was renewed. Run it for ${stack}.`,
        );
    }
    if (world.anchor?.state !== "running") {
        throw new CommandFailed("The front does not run, so nothing was renewed. pulumi up makes or starts it.");
    }
    // The procedure's steps go to the terminal, and not to Pulumi's engine.
    onProgress((_, text) => console.error(text));
    const up = frontUpOf(Session.for(target), progressFor(""), waitMs);
    const managed = { certificates: https?.managed ?? [], acme: https?.acme };
    return renewDue(up, managed, world.records.certificates ?? new Map());
}

function lineOf({ hosts, outcome, issued, error }: Renewal): string {
    const name = hosts.join(", ");
    switch (outcome) {
        case "missing":
            return `${name}: there is no certificate yet; pulumi up gets it`;
        case "not due":
            return `${name}: ends on ${issued?.notAfter}, to be renewed after ${issued?.renewAfter}`;
        case "renewed":
            return `${name}: renewed; ends on ${issued?.notAfter}, to be renewed after ${issued?.renewAfter}`;
        case "failed":
            return `${name}: NOT renewed: ${error}. The one before stays; it ends on ${issued?.notAfter}`;
    }
}

runAsProgram(renew);
