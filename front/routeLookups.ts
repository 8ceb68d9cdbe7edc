import { checked, mapPath } from "../haproxy/names";

/** Looks host and path up in the map: the longest key that begins like them. */
const lookup = `map_beg(${mapPath("routes")})`;

/** relink's own requests have their service already. */
const confirming = "{ var(txn.service) -m found }";

/** The host in each of its three forms: as a sample that `concat` continues, and as what continues another one. */
const hosts = [
    { sample: "var(txn.host)", behind: "concat(,txn.host)" },
    { sample: "var(txn.host),regsub(^[^.]*,*)", behind: "concat(,txn.wildcard)" },
    { sample: "str(*)", behind: "concat(*)" },
];

/**
 * @param headers the kinds of headers that routes ask for ({@link headersIn}). Without any, a request costs three lookups at most
 * @returns the lines that find the route of host and path, and of the request's headers: the entry of the map in `txn.route`
 */
export function routeLookups(headers: readonly string[] = []): string {
    const kinds = [...headers].sort(bySpecificity);
    if (kinds.length === 0) {
        return hosts
            .map(({ sample }, index) => placeLookup(sample, index > 0 && "{ var(txn.route) -m found }"))
            .join("");
    }
    const found = kinds.map((_, index) => `|| { var(${routeOf(index)}) -m found }`).join(" ");
    return [
        "    # Routes by header. Their keys begin with the headers: /x-version=2/HOST/PATH/.\n",
        "    http-request set-var(txn.wildcard) var(txn.host),regsub(^[^.]*,*)\n",
        ...kinds.map(ownHeaders),
        ...hosts.flatMap(({ sample, behind }, level) => [
            ...kinds.map((_, index) => headerLookup(index, behind, level > 0)),
            placeLookup(sample, level > 0 && "{ var(txn.host_found) -m bool }"),
            ...(level < hosts.length - 1
                ? [`    http-request set-var(txn.host_found) bool(true) if { var(txn.route) -m found } ${found}\n`]
                : []),
        ]),
        "    # Of one host the longer path comes first, and of one path the route by header.\n",
        ...kinds.map((_, index) => comparison(index)),
    ].join("");
}

/** Fewer headers come first, because what comes later wins: a value wins over any value, then the first in the alphabet. */
function bySpecificity(one: string, other: string): number {
    const count = (text: string, letter: string) => text.split(letter).length;
    return count(one, "&") - count(other, "&") || count(one, "=") - count(other, "=") || (one < other ? 1 : -1);
}

function keyOf(index: number): string {
    return `txn.headers_${index + 1}`;
}

function routeOf(index: number): string {
    return `txn.route_${index + 1}`;
}

/** Writes the request's headers as the map's keys have them, where the request has all of a kind. */
function ownHeaders(kind: string, index: number): string {
    const names = checked("header names", kind).split("&");
    const text = names.map(name => (name.endsWith("=") ? `${name}%[req.fhdr(${name.slice(0, -1)}),url_enc]` : name));
    const has = names.map(name => `{ req.fhdr(${name.replace("=", "")}) -m found }`).join(" ");
    return `    http-request set-var-fmt(${keyOf(index)}) "/${text.join("&")}/" if ${has} !${confirming}\n`;
}

function headerLookup(index: number, host: string, isLater: boolean): string {
    const unless = isLater ? " !{ var(txn.host_found) -m bool }" : "";
    const key = keyOf(index);
    return `    http-request set-var(${routeOf(index)}) var(${key}),${host},concat(,txn.path,/),${lookup} if { var(${key}) -m found }${unless}\n`;
}

function placeLookup(sample: string, found: string | false): string {
    const unless = `${confirming}${found === false ? "" : ` || ${found}`}`;
    return `    http-request set-var(txn.route) ${sample},concat(,txn.path,/),${lookup} unless ${unless}\n`;
}

/** Takes a route by header, unless the route so far has a longer path. `service:/api:keep` has its path in the second field. */
function comparison(index: number): string {
    const route = routeOf(index);
    const isFound = `{ var(${route}) -m found }`;
    const path = (name: string) => `var(${name}),concat(::),field(2,:),length`;
    return `    http-request set-var(txn.depth) ${path("txn.route")} if ${isFound}
    http-request set-var(txn.route) var(${route}) if ${isFound} !{ var(txn.route) -m found } || { ${path(route)},sub(txn.depth) -m int ge 0 }
`;
}
