/** One entry of `VIRTUAL_HOST`, `[scheme://]domain[:port][/path]`, as a route of relink. */
export interface VirtualHost {
    /** As the variable has it. */
    text: string;
    scheme: "http" | "https" | "ws" | "wss";
    /** `*`, `*.example.com` or `www.example.com`. */
    host: string;
    /** Begins with a slash. It takes itself and what is below it. */
    path: string;
    /** What the route takes besides, or does not take. @default undefined (nothing) */
    differs?: string;
}

/** What relink does not do with an entry, and what to write in its place. */
export interface WrongHost {
    message: string;
    fix: string;
}

const domain = /^(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/i;

/** Reads one entry of `VIRTUAL_HOST`. */
export function parseVirtualHost(text: string): VirtualHost | WrongHost {
    const [, scheme = "http", netloc = "", path = ""] = /^(?:([A-Za-z]+):\/\/)?([^/]*)(\/.*)?$/.exec(text) ?? [];
    const kind = scheme.toLowerCase();
    if (kind !== "http" && kind !== "https" && kind !== "ws" && kind !== "wss") {
        return { message: `has the scheme ${scheme}`, fix: "relink's front speaks http, https, ws and wss" };
    }
    const [host = "", port] = netloc.toLowerCase().split(":");
    const usual = kind === "https" || kind === "wss" ? "443" : "80";
    if (port !== undefined && port !== usual) {
        const fix = `give it a host or a path of its own: the front has one port for ${kind}, and relink:front.http.port says which`;
        return { message: `has the port ${port} for ${text}`, fix };
    }
    const route = routeOf(path);
    const wrong = wrongHost(host) ?? (typeof route.path === "string" ? undefined : wrongPath(path));
    return wrong ?? { text, scheme: kind, host, path: route.path!, ...(route.differs && { differs: route.differs }) };
}

function wrongHost(host: string): WrongHost | undefined {
    if (host === "*" || domain.test(host.replace(/^\*\./, ""))) {
        return undefined;
    }
    const bare = host.replace(/^\*/, "");
    const fix = domain.test(bare) ? `write ${bare}, *.${bare}` : "name each host; *.example.com is the only pattern";
    return { message: `has the host ${host}, which is no pattern of relink's`, fix };
}

function wrongPath(path: string): WrongHost {
    const fix = "name a path, which takes what is below it, or let the application tell its paths apart";
    return { message: `has the path ${path}, which is no pattern of relink's`, fix };
}

/** `/path/*` and `/path` are the two kinds that relink has one word for. */
function routeOf(path: string): { path?: string; differs?: string } {
    const [, plain = "", rest = ""] = /^((?:\/[A-Za-z0-9._~-]+)*)(\/\*|\/)?$/.exec(path) ?? [undefined, "", "?"];
    if (rest === "?") {
        return {};
    }
    const isExact = path !== "" && rest !== "/*";
    return {
        path: plain === "" ? "/" : plain,
        ...(isExact && { differs: `also takes what is below ${plain === "" ? "/" : plain}` }),
    };
}

/** Whether each request for the one route is one for the other, too. */
export function covers(wide: VirtualHost, narrow: VirtualHost): boolean {
    const hasHost =
        wide.host === "*" ||
        wide.host === narrow.host ||
        (wide.host.startsWith("*.") && narrow.host.endsWith(wide.host.slice(1)));
    return hasHost && (wide.path === "/" || `${narrow.path}/`.startsWith(`${wide.path}/`));
}
