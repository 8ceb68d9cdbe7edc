/** Programs for `node -e` in node:24-slim: small services, each of them wrong in one way. */

const serve = (version: string, handler: string) => `
const headers = { "x-version": "${version}" };
require("node:http").createServer((request, response) => {
    const isCheck = request.url === "/healthz";
    ${handler}
}).listen(8080).keepAliveTimeout = 75000;
`;
const endsAtOnce = 'process.on("SIGTERM", () => process.exit(0));';

/** Healthy for 1.5 s, then not for 1.5 s, and so on. */
export const flapping = `${serve(
    "flapping",
    'response.writeHead(isCheck && Math.floor(Date.now() / 1500) % 2 ? 500 : 200, headers).end("ok");',
)}${endsAtOnce}`;

/** Does its work, and does not care about SIGTERM. */
export const stubborn = `${serve(
    "stubborn",
    `if (request.url.startsWith("/slow") || request.url.startsWith("/stream")) {
        response.writeHead(200, headers).write("begun ");
        setTimeout(() => response.end("done"), 400);
        return;
    }
    response.writeHead(200, headers).end("ok");`,
)}process.on("SIGTERM", () => {});`;

/** Does its work until there is a file /tmp/broken, and from then on answers everything with 500, checks too. */
export const breakable = `${serve(
    "breakable",
    'response.writeHead(require("node:fs").existsSync("/tmp/broken") ? 500 : 200, headers).end("ok");',
)}${endsAtOnce}`;

/** Healthy by every check, and of no use to users. */
export const badForUsers = `${serve("sick", 'response.writeHead(isCheck ? 200 : 500, headers).end("ok");')}${endsAtOnce}`;

/** Healthy by every check, right in every answer, and slow. */
export const slowForUsers = `${serve(
    "slow",
    'setTimeout(() => response.writeHead(200, headers).end("ok"), isCheck ? 0 : 700);',
)}${endsAtOnce}`;

/** The sample app as a command, which ends at once in the container that has this address. */
export function breaksAt(address: string): string[] {
    const program = [
        `const all = Object.values(require("node:os").networkInterfaces()).flat();`,
        `if (all.some(({ address }) => address === "${address}")) { console.log("broken in this place"); process.exit(1); }`,
        `require("/app/server.js");`,
    ];
    return ["node", "-e", program.join(" ")];
}
