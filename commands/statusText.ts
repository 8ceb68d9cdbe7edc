import type { Color } from "../model/Color";
import { type LinkMove, moveText } from "../model/LinkMove";
import type { ColorStatus, ContainerStatus, ServiceStatus, StackStatus } from "./StackStatus";
import { roughly, type Style, shortened, wrapped } from "./Style";

/** Moves of the link that are shown without `--long`. */
const shortHistory = 3;
/** A line this wide has room for release ids. */
const wideColumns = 120;

/** What `npm run status` prints. */
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
        `front ${front.name}`,
        ...(front.port === undefined ? [] : [`port ${front.port}`]),
        ...(source === "haproxy" ? [haproxy.join(" "), `${current + old} connections`] : []),
        ...(old > 0 ? [`${old} of them in old workers`] : []),
    ];
    return titled(`${project}/${stack}`, parts.join(", "), style);
}

function serviceLines(service: ServiceStatus, style: Style, long: boolean, at: Date): string[] {
    const { name, live, share, stable, routes, wanted, problems, history } = service;
    const head = [
        live === "none" ? "not released yet" : `${live} is live`,
        ...(share === null ? [] : [`${share.replace(" ", " gets ")} of the requests`]),
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

const header = ["", "release", "state", "ready", "open", "proved"];

function colorTable(service: ServiceStatus, style: Style, long: boolean, at: Date): string[] {
    const colors = (["blue", "green"] as const).filter(
        color => service[color].release !== null || service[color].containers.length > 0,
    );
    if (colors.length === 0) {
        return [];
    }
    const isWide = style.columns >= wideColumns;
    const rows = colors.map(color => cellsOf(service[color], color === service.live, color, isWide));
    const all = [isWide ? [...header, "id"] : header, ...rows];
    const widths = all[0]!.map((_, column) => Math.max(...all.map(row => row[column]!.length)));
    const margin = 2;
    const others = widths.reduce((sum, width) => sum + width + margin, 0) - widths[1]!;
    widths[1] = Math.min(widths[1]!, Math.max(12, style.columns - others - margin));
    const line = (row: string[]) =>
        row
            .map((cell, column) =>
                column === 4
                    ? cell.padStart(widths[column]!)
                    : shortened(cell, widths[column]!).padEnd(widths[column]!),
            )
            .join(" ".repeat(margin))
            .trimEnd();
    return [
        style.faint(`  ${line(all[0]!)}`),
        ...colors.flatMap((color, index) => [
            `  ${style.color(color, line(rows[index]!))}`,
            ...service[color].containers
                .filter(container => long || isUnusual(container, service[color]))
                .map(container => containerLine(container, style, at)),
        ]),
    ];

    function cellsOf(color: ColorStatus, isLive: boolean, name: Color, withId: boolean): string[] {
        const { release, replicas, running, ready, open, openInOldWorkers } = color;
        const age = release?.ageSeconds ?? undefined;
        const cells = [
            `${isLive ? ">" : " "} ${name}`,
            release?.image ?? "(of no release)",
            name !== service.live && service.share !== null ? "canary" : stateOf(color, isLive),
            replicas === 0 && running === 0 ? "-" : `${ready} of ${replicas}`,
            openInOldWorkers > 0 ? `${open} (${openInOldWorkers} old)` : String(open),
            age === undefined ? (release?.proved ? "yes" : "no") : `${roughly(age * 1000)} ago`,
        ];
        return withId ? [...cells, release?.id ?? ""] : cells;
    }
}

function stateOf({ release, state }: ColorStatus, isLive: boolean): string {
    if (isLive) {
        return state === "running" ? "live" : "live, but stopped";
    }
    if (release?.judgedBad) {
        return "judged bad";
    }
    if (release?.proved === false) {
        return "not proved";
    }
    return state === "running" ? "warm" : state;
}

/** What a healthy color's containers are, all of them, needs no line of its own. */
function isUnusual({ ready, stray, restarts }: ContainerStatus, { state }: ColorStatus): boolean {
    return stray || restarts > 0 || (state === "running" && !ready);
}

function containerLine(container: ContainerStatus, style: Style, at: Date): string {
    const { name, docker, haproxy, open, startedAt, restarts, stray } = container;
    const parts = [
        docker,
        ...(haproxy === null ? [] : [`HAProxy: ${haproxy}`]),
        `${open} open`,
        ...(startedAt === null ? [] : [`started ${roughly(at.getTime() - Date.parse(startedAt))} ago`]),
        ...(restarts > 0 ? [`${restarts} ${restarts === 1 ? "restart" : "restarts"}`] : []),
        ...(stray ? ["not of this release"] : []),
    ];
    return wrapped(`${name}  ${parts.join(", ")}`, style.columns, " ".repeat(12), " ".repeat(8));
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

/** A bold name, and what is to be said about it. */
function titled(name: string, text: string, style: Style): string {
    return wrapped(text, style.columns, "    ", `${name}  `).replace(name, () => style.bold(name));
}

function alarm(text: string, indent: string, style: Style): string {
    return style.alarm(wrapped(text, style.columns, `${indent}  `, `${indent}! `));
}
