import type { Color } from "../model/Color";
import type { ColorStatus } from "./ColorStatus";
import type { ContainerStatus } from "./ContainerStatus";
import type { ServiceStatus } from "./ServiceStatus";
import { roughly, type Style, shortened, wrapped } from "./Style";

const header = ["", "release", "state", "ready", "open", "proved"];
/** Columns of the release and of its open requests. */
const [releaseColumn, openColumn] = [1, 4];
/** A line this wide has room for release ids. */
const wideColumns = 120;
/** The image's name never gets less than this, characters. */
const leastWidth = 12;
/** Blanks between two columns. */
const margin = 2;

/**
 * @param long whether healthy containers are shown too
 * @param at now, by the Docker host's clock
 * @returns lines with both colors of a service. A color without containers and without a release is left out
 */
export function colorTable(service: ServiceStatus, style: Style, long: boolean, at: Date): string[] {
    const colors = (["blue", "green"] as const).filter(
        color => service[color].release !== null || service[color].containers.length > 0,
    );
    if (colors.length === 0) {
        return [];
    }
    const isWide = style.columns >= wideColumns;
    const [first = "", ...rows] = tableOf(
        [isWide ? [...header, "id"] : header, ...colors.map(color => cellsOf(service, color, isWide))],
        style.columns,
    );
    return [
        style.faint(`  ${first}`),
        ...colors.flatMap((color, index) => [
            `  ${style.color(color, rows[index]!)}`,
            ...service[color].containers
                .filter(container => long || isUnusual(container, service[color]))
                .map(container => containerLine(container, style, at)),
        ]),
    ];
}

/** @returns one line for each row. The image's name is shortened where a line would be too long. */
function tableOf(rows: string[][], columns: number): string[] {
    const widths = rows[0]!.map((_, column) => Math.max(...rows.map(row => row[column]!.length)));
    const others = widths.reduce((sum, width) => sum + width + margin, 0) - widths[releaseColumn]!;
    widths[releaseColumn] = Math.min(widths[releaseColumn]!, Math.max(leastWidth, columns - others - margin));
    const cell = (text: string, column: number) =>
        column === openColumn
            ? text.padStart(widths[column]!)
            : shortened(text, widths[column]!).padEnd(widths[column]!);
    return rows.map(row => row.map(cell).join(" ".repeat(margin)).trimEnd());
}

function cellsOf(service: ServiceStatus, color: Color, withId: boolean): string[] {
    const { release, replicas, running, ready, open, openInOldWorkers } = service[color];
    const isLive = color === service.live;
    const age = release?.ageSeconds ?? undefined;
    const cells = [
        `${isLive ? ">" : " "} ${color}`,
        release?.image ?? "(of no release)",
        stateIn(service, color),
        replicas === 0 && running === 0 ? "-" : `${ready} of ${replicas}`,
        openInOldWorkers > 0 ? `${open} (${openInOldWorkers} old)` : String(open),
        age === undefined ? (release?.proved ? "yes" : "no") : `${roughly(age * 1000)} ago`,
    ];
    return withId ? [...cells, release?.id ?? ""] : cells;
}

function stateIn(service: ServiceStatus, color: Color): string {
    const isLive = color === service.live;
    if (!isLive && service.share !== null) {
        return "canary";
    }
    return !isLive && service.failover === "answers" ? "answers" : stateOf(service[color], isLive);
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

/** A healthy container of a healthy color needs no line of its own. */
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
