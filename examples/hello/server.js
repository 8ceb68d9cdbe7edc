"use strict";

/**
 * The sample service that relink's demo, tests and bench release.
 *
 *   GET  /healthz          200 "ok" (what a health check asks)
 *   *    /                 JSON: service, version, color, hostname, method, bytes received
 *   GET  /slow?ms=1000     the same, after a delay (at most 60 s)
 *   GET  /stream?seconds=5 chunked text, a line every 100 ms (at most 900 s)
 *   GET  /ws               WebSocket: says its version, then echoes each message with it
 *
 * Every response names its version in the header x-version. A request may carry an id in the header x-load-id: the
 * response has it in the same header and in its body, so that a client can tell that this is the answer to its request.
 *
 * Environment: PORT (8080), VERSION (v1), RELINK_SERVICE (hello), RELINK_COLOR, START_DELAY_MS (0: how long it waits before it listens),
 * BROKEN (a fault for tests, see `faults`).
 */
const http = require("node:http");
const os = require("node:os");
const { WebSocketServer } = require("ws");

const version = process.env.VERSION || "v1";
const service = process.env.RELINK_SERVICE || "hello";
const idHeader = "x-load-id";
const port = Number(process.env.PORT || 8080);
const startDelayMs = Number(process.env.START_DELAY_MS || 0);
const fault = process.env.BROKEN || "";

/** What can be wrong with a release, one word each. */
const faults = {
    exit: "ends with exit code 3 right after its first log line",
    unhealthy: "/healthz answers 500 for ever",
    "wrong-port": "listens one port further than it should",
    flap: "/healthz answers 200 and 500 in turn",
    hang: "accepts connections and never answers",
    "ignore-term": "ignores SIGTERM",
};
if (fault !== "" && !(fault in faults)) {
    log(`BROKEN=${fault} is not known; known: ${Object.keys(faults).join(", ")}`);
    process.exit(2);
}

let stopping = false;
let healthChecks = 0;

function log(text) {
    process.stdout.write(`${new Date().toISOString()} hello ${version} ${text}\n`);
}

/** A number from the query, inside its bounds, so that no request can hold a connection for ever. */
function bounded(url, name, fallback, maximum) {
    const value = Number(url.searchParams.get(name) ?? fallback);
    return Number.isFinite(value) ? Math.min(Math.max(value, 0), maximum) : fallback;
}

/** Headers that say who answers which request. */
function identity(request) {
    const id = request.headers[idHeader];
    return { "x-version": version, ...(id === undefined ? {} : { [idHeader]: id }) };
}

function send(request, response, status, type, body) {
    const headers = { ...identity(request), "content-type": type, "content-length": Buffer.byteLength(body) };
    // A client or a proxy that reuses connections learns here that this one ends.
    if (stopping) {
        headers.connection = "close";
    }
    response.writeHead(status, headers);
    response.end(body);
}

function describe(request, receivedBytes) {
    return `${JSON.stringify({
        service,
        version,
        id: request.headers[idHeader],
        color: process.env.RELINK_COLOR || null,
        hostname: os.hostname(),
        method: request.method,
        receivedBytes,
    })}\n`;
}

function answer(request, response, delayMs) {
    let receivedBytes = 0;
    request.on("data", chunk => {
        receivedBytes += chunk.length;
    });
    request.on("end", () => {
        const reply = () => send(request, response, 200, "application/json", describe(request, receivedBytes));
        if (delayMs > 0) {
            setTimeout(reply, delayMs);
        } else {
            reply();
        }
    });
}

function health(request, response) {
    healthChecks += 1;
    const sick = fault === "unhealthy" || (fault === "flap" && healthChecks % 2 === 0);
    send(request, response, sick ? 500 : 200, "text/plain", sick ? "sick\n" : "ok\n");
}

function stream(request, response, seconds) {
    const lines = Math.max(1, Math.round(seconds * 10));
    const id = request.headers[idHeader];
    const suffix = id === undefined ? "" : ` ${id}`;
    let written = 0;
    response.writeHead(200, { ...identity(request), "content-type": "text/plain" });
    const write = () => {
        written += 1;
        response.write(`${version} line ${written} of ${lines}${suffix}\n`);
        if (written === lines) {
            clearInterval(timer);
            response.end();
        }
    };
    const timer = setInterval(write, 100);
    write();
    response.on("close", () => clearInterval(timer));
}

const server = http.createServer((request, response) => {
    if (fault === "hang") {
        return;
    }
    response.on("finish", () => {
        // A response that had begun before SIGTERM could not announce that its connection ends.
        if (stopping) {
            request.socket.end();
        }
    });
    const url = new URL(request.url ?? "/", "http://hello");
    switch (url.pathname) {
        case "/healthz":
            return health(request, response);
        case "/":
            return answer(request, response, 0);
        case "/slow":
            return answer(request, response, bounded(url, "ms", 1000, 60_000));
        case "/stream":
            return stream(request, response, bounded(url, "seconds", 5, 900));
        default:
            return send(request, response, 404, "text/plain", "not found\n");
    }
});
// Longer than a proxy keeps idle connections to us (HAProxy: 5 s), so that the proxy is always the one who closes:
// a server that closes first can do so just as the next request arrives.
server.keepAliveTimeout = 75_000;
server.headersTimeout = 80_000;

const webSockets = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 });
server.on("upgrade", (request, socket, head) => {
    if (fault === "hang") {
        return;
    }
    if (stopping || new URL(request.url ?? "/", "http://hello").pathname !== "/ws") {
        socket.end("HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
        return;
    }
    webSockets.handleUpgrade(request, socket, head, webSocket => {
        webSocket.on("error", () => webSocket.terminate());
        webSocket.on("message", message => {
            webSocket.send(JSON.stringify({ version, echo: message.toString() }));
        });
        webSocket.send(JSON.stringify({ version, service, hello: true }));
    });
});
webSockets.on("headers", (headers, request) => {
    headers.push(...Object.entries(identity(request)).map(([name, value]) => `${name}: ${value}`));
});

/** Stops accepting, answers what it has, ends the rest in order, then leaves with exit code 0. */
function stop() {
    if (stopping) {
        return;
    }
    stopping = true;
    log(`SIGTERM: answering what is open (${webSockets.clients.size} WebSockets)`);
    server.close(() => {
        log("stopped");
        process.exit(0);
    });
    for (const webSocket of webSockets.clients) {
        webSocket.close(1001, "going away");
        // A peer that never answers the close must not keep us alive.
        setTimeout(() => webSocket.terminate(), 2000).unref();
    }
}

// An init-less container's first process ignores signals that it does not handle: so these two are always handled.
process.on("SIGTERM", () => {
    if (fault === "ignore-term") {
        log("SIGTERM ignored");
        return;
    }
    if (server.listening) {
        stop();
    } else {
        process.exit(0);
    }
});
process.on("SIGINT", () => process.exit(130));

log(`starts${fault === "" ? "" : `, broken: ${faults[fault]}`}${startDelayMs > 0 ? `, in ${startDelayMs} ms` : ""}`);
if (fault === "exit") {
    log("cannot go on: this release is broken on purpose");
    process.exitCode = 3;
} else {
    setTimeout(() => {
        const listenPort = fault === "wrong-port" ? port + 1 : port;
        server.listen(listenPort, () => log(`listens on port ${server.address().port}`));
    }, startDelayMs);
}
