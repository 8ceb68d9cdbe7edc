/** Programs for `node -e` in node:24-slim: small services, each of them wrong in one way. */

/** Answers as the sample app does, so that the load client knows who answered which request. */
const serve = (version: string, handler: string) => `
const answer = (request, response, status) => {
    const version = "${version}";
    const id = request.headers["x-load-id"] ?? "";
    const service = process.env.RELINK_SERVICE;
    let receivedBytes = 0;
    request.on("data", data => { receivedBytes += data.length; });
    request.on("end", () => {
        response.writeHead(status, { "x-version": version, "x-load-id": id });
        response.end(JSON.stringify({ service, version, id, method: request.method, receivedBytes }));
    });
};
require("node:http").createServer((request, response) => {
    const isCheck = request.url === "/healthz";
    ${handler}
}).listen(8080).keepAliveTimeout = 75000;
process.on("SIGTERM", () => process.exit(0));
`;

/** Healthy for 1.5 s, then not for 1.5 s, and so on. */
export const flapping = serve(
    "flapping",
    "answer(request, response, isCheck && Math.floor(Date.now() / 1500) % 2 ? 500 : 200);",
);

/** Works until the file /tmp/broken exists. From then on it answers everything with 500, health checks included. */
export const breakable = serve(
    "breakable",
    'answer(request, response, require("node:fs").existsSync("/tmp/broken") ? 500 : 200);',
);

/** Passes every check, and answers users wrong. */
export const badForUsers = serve("sick", "answer(request, response, isCheck ? 200 : 500);");

/** The failures that `badForUsers` causes, for the load. */
export const errorsOfSick = [{ kind: "5xx", of: "sick" }] as const;

/** Passes every check and answers right, but slowly. */
export const slowForUsers = serve("slow", "setTimeout(() => answer(request, response, 200), isCheck ? 0 : 700);");

/**
 * A release whose health check fails once the first user has come. It answers users. No proof before the switch can
 * find that.
 */
export const sickInTraffic = serve(
    "sick",
    "globalThis.visited ||= !isCheck; answer(request, response, isCheck && globalThis.visited ? 500 : 200);",
);

/** A command that runs the sample app, and that ends at once in the container with this address. */
export function breaksAt(address: string): string[] {
    const program = [
        `const all = Object.values(require("node:os").networkInterfaces()).flat();`,
        `if (all.some(({ address }) => address === "${address}")) { console.log("broken in this place"); process.exit(1); }`,
        `require("/app/server.js");`,
    ];
    return ["node", "-e", program.join(" ")];
}
