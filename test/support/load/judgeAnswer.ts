import type { Response } from "./Http1Connection";
import type { Attempt, Loss, Seen } from "./Ledger";
import type { AnsweredBy } from "./LoadOptions";
import type { FailureKind } from "./LoadResult";
import type { Asked } from "./Requests";

/** What is wrong with an answer. */
export type Fault = Pick<Loss, "kind" | "detail">;

const shownCharacters = 80;

/** What is wrong with the answer to a GET or POST of the sample app, if anything. */
export function faultOf(attempt: Attempt, asked: Asked, response: Response): Fault | undefined {
    const { answeredBy } = attempt.phase;
    return (
        faultOfHead(attempt, response, 200) ??
        (asked.lines === undefined
            ? faultOfDescription(attempt, asked, response)
            : faultOfLines(attempt, asked.lines, response)) ??
        faultOfVersion(response.version, answeredBy)
    );
}

/** What is wrong with the head of a response. */
export function faultOfHead(
    { id }: Attempt,
    response: { status: number; id: string | undefined },
    wanted: 200 | 101,
): Fault | undefined {
    const { status } = response;
    if (status !== wanted) {
        return { kind: kindOfStatus(status), detail: `status ${status}` };
    }
    return response.id === id ? undefined : { kind: "wrong id", detail: `${response.id ?? "none"} instead of ${id}` };
}

export function faultOfVersion(version: string | undefined, { versions }: AnsweredBy): Fault | undefined {
    return versions === undefined || (version !== undefined && versions.includes(version))
        ? undefined
        : { kind: "wrong version", detail: `${version ?? "none"} instead of ${versions.join(" or ")}` };
}

export function faultOfService(service: unknown, { services }: AnsweredBy): Fault | undefined {
    return services === undefined || services.includes(service as string)
        ? undefined
        : { kind: "wrong service", detail: `${service ?? "none"} instead of ${services.join(" or ")}` };
}

/** The fault as the outcome of a request. */
export function lossOf(seen: Seen, { kind, detail }: Fault): Loss {
    const { status, version, connection, requestOnConnection } = seen;
    return { lost: true, kind, detail, status, version, connection, requestOnConnection };
}

/** The sample app describes itself and the request, as JSON. */
function faultOfDescription({ id, phase }: Attempt, asked: Asked, response: Response): Fault | undefined {
    const { method, sentBytes } = asked;
    let said: Record<string, unknown>;
    try {
        said = JSON.parse(response.body) as Record<string, unknown>;
    } catch {
        return wrongBody(response);
    }
    if (said.id !== id) {
        return { kind: "wrong id", detail: `${said.id ?? "none"} in the body instead of ${id}` };
    }
    if (said.version !== response.version) {
        return { kind: "wrong version", detail: `${said.version} in the body, ${response.version} in the head` };
    }
    const isRight = said.method === method && said.receivedBytes === sentBytes;
    return isRight ? faultOfService(said.service, phase.answeredBy) : wrongBody(response);
}

/** Each line of a streaming response names the version, its own number, their number and the id. */
function faultOfLines({ id }: Attempt, count: number, response: Response): Fault | undefined {
    const wanted = Array.from(
        { length: count },
        (_, index) => `${response.version} line ${index + 1} of ${count} ${id}\n`,
    );
    return response.body === wanted.join("") ? undefined : wrongBody(response);
}

function wrongBody({ body, endedByClose }: Response): Fault {
    const shown = JSON.stringify(body.length > shownCharacters ? `...${body.slice(-shownCharacters)}` : body);
    return { kind: endedByClose ? "closed mid-body" : "wrong body", detail: `${body.length} bytes: ${shown}` };
}

function kindOfStatus(status: number): FailureKind {
    return status >= 500 ? "5xx" : status >= 400 ? "4xx" : status >= 300 ? "redirect" : "unexpected status";
}
