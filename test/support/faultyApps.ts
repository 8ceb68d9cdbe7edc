/** Programs for `node -e` in node:24-slim: small services, each of them wrong in one way. */

/** Answers as the sample app does, so that the load client knows whose answer to which request it is. */
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

/** Does its work until there is a file /tmp/broken, and from then on answers everything with 500, checks too. */
export const breakable = serve(
    "breakable",
    'answer(request, response, require("node:fs").existsSync("/tmp/broken") ? 500 : 200);',
);

/** Healthy by every check, and of no use to users. */
export const badForUsers = serve("sick", "answer(request, response, isCheck ? 200 : 500);");

/** What `badForUsers` does to users, for the load that it causes this to. */
export const errorsOfSick = [{ kind: "5xx", of: "sick" }] as const;

/** Healthy by every check, right in every answer, and slow. */
export const slowForUsers = serve("slow", "setTimeout(() => answer(request, response, 200), isCheck ? 0 : 700);");

/**
 * A release that only users can break: it answers them, and its health check is fine until the first of them has come. No
 * proof before the switch can see that.
 */
export const sickInTraffic = serve(
    "sick",
    "globalThis.visited ||= !isCheck; answer(request, response, isCheck && globalThis.visited ? 500 : 200);",
);

/** The sample app as a command, which ends at once in the container that has this address. */
export function breaksAt(address: string): string[] {
    const program = [
        `const all = Object.values(require("node:os").networkInterfaces()).flat();`,
        `if (all.some(({ address }) => address === "${address}")) { console.log("broken in this place"); process.exit(1); }`,
        `require("/app/server.js");`,
    ];
    return ["node", "-e", program.join(" ")];
}
