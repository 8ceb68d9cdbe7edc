import { type LinkMove, moveText } from "../model/LinkMove";
import { usersText } from "../model/ownership";
import { colorTable } from "./colorTable";
import type { ServiceStatus } from "./ServiceStatus";
import type { StackStatus } from "./StackStatus";
import { roughly, type Style, wrapped } from "./Style";

/** Moves of the link that are shown without `--long`. */
const shortHistory = 3;

/**
 * @param long whether each container and all moves of the link are shown
 * @returns what `npm run status` prints
 */
export function statusText(status: StackStatus, style: Style, long: boolean): string {
    const at = new Date(status.at);
    const blocks = [
        [title(status, style, at), ...status.problems.map(problem => alarm(problem, "", style))],
        ...status.services.map(service => serviceLines(service, style, long, at)),
    ];
    if (status.services.length === 0) {
        blocks.push(["no services"]);
    }
    return `${blocks.map(lines => lines.join("\n")).join("\n\n")}\n`;
}

function title({ project, stack, front, source }: StackStatus, style: Style, at: Date): string {
    const newest = front.generations.at(-1);
    const { current, old } = front.connections;
    const haproxy = [
        newest?.haproxy ? `HAProxy ${newest.haproxy.split("-")[0]}` : undefined,
        newest?.startedAt ? `for ${roughly(at.getTime() - Date.parse(newest.startedAt))}` : undefined,
    ].filter(Boolean);
    const parts = [
        `front ${front.name}${front.owner === undefined ? "" : ` of ${front.owner}`}`,
        ...(front.port === undefined ? [] : [`port ${front.port}`]),
        ...(source === "haproxy" ? [haproxy.join(" "), `${current + old} connections`] : []),
        ...(old > 0 ? [`${old} of them in old workers`] : []),
        ...(front.users === undefined ? [] : [`used by ${usersText(new Map(Object.entries(front.users)))}`]),
    ];
    return titled(`${project}/${stack}`, parts.join(", "), style);
}

function serviceLines(service: ServiceStatus, style: Style, long: boolean, at: Date): string[] {
    const { name, live, share, traffic, failover, stable, routes, wanted, problems, history } = service;
    const head = [
        live === "none" ? "not released yet" : `${live} is live`,
        ...(share === null ? [] : [`${share.replace(" ", " gets ")} of the ${traffic}`]),
        ...(failover === null ? [] : [`failover to ${service.idle}`]),
        ...(stable !== live && stable !== "none" ? [`${stable} is stable`] : []),
        ...(routes.length === 0
            ? []
            : [routes.map(route => (route === "*" ? "all other requests" : route)).join(", ")]),
    ].join(", ");
    const differs = live !== "none" && wanted !== null && service[live].release?.image !== wanted.image;
    const moves = history.slice(0, long ? undefined : shortHistory);
    return [
        titled(name, head, style),
        ...problems.map(problem => alarm(problem, "  ", style)),
        ...colorTable(service, style, long, at),
        ...(differs ? [`  the config asks for ${wanted.image}, which is not live`] : []),
        ...moves.map((move, index) => moveLine(move, index === 0 ? "link" : "", style, long, at)),
        ...(history.length > moves.length
            ? [style.faint(`        ${history.length - moves.length} moves before that: --long`)]
            : []),
    ];
}

function moveLine(move: LinkMove, label: string, style: Style, long: boolean, at: Date): string {
    const { image, result, by } = move;
    const when = `${roughly(at.getTime() - Date.parse(move.at))} ago`.padEnd(10);
    const parts = [
        moveText(move).replace(/^link /, ""),
        ...(image === undefined ? [] : [image]),
        ...(result === "confirmed" ? [] : [result]),
        `by ${long ? by : by.split(",")[0]}`,
    ];
    return wrapped(parts.join(", "), style.columns, " ".repeat(20), `  ${label.padEnd(4)}  ${when}  `);
}

/** @returns a bold name with a text about it. */
function titled(name: string, text: string, style: Style): string {
    return wrapped(text, style.columns, "    ", `${name}  `).replace(name, () => style.bold(name));
}

function alarm(text: string, indent: string, style: Style): string {
    return style.alarm(wrapped(text, style.columns, `${indent}  `, `${indent}! `));
}
