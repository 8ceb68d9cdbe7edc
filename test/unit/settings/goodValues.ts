import fc, { type Arbitrary } from "fast-check";

/** A part of every secret value. No error may show it. */
export const planted = "pLaNtEd";

export const pick = <const T extends unknown[]>(...values: T): Arbitrary<T[number]> => fc.constantFrom(...values);
const few = <T>(value: Arbitrary<T>, maxLength = 3) => fc.uniqueArray(value, { maxLength, selector: JSON.stringify });
export const named = <T>(name: Arbitrary<string>, value: Arbitrary<T>) => fc.dictionary(name, value, { maxKeys: 3 });

export const names = pick("web", "api", "a", "shop-2", "z9-x", "web-green-2", "n-o-n-e", `s${"x".repeat(28)}9`);
const secretNames = pick("TOKEN", "db.url", "_a-b", "9", "constructor", "KEY");
const images = pick(
    "web",
    "shop/web:v1",
    "registry.example.com:5000/a/b_c/d__e:1.0-rc.1",
    "localhost/x@sha256:0000000000000000000000000000000000000000000000000000000000000000",
    "[::1]:5000/x:y",
    "UPPER.example.com/a",
);
/** Any text without a NUL: for an environment, a label, an argument or a command. */
const anyText = fc.oneof(
    fc.string({ unit: "binary", maxLength: 12 }).map(text => text.replaceAll("\0", "")),
    pick("", " ", "a=b", "$(reboot)", "`id`", "%[src]", "line\nbreak", '"', "'", "\\", "#", "{{.}}", "-x", "é", "null"),
    pick(0, 80, true, false),
);
const durations = (...more: string[]) => pick("1ms", "250ms", "1s", "90s", "5m", "36h", "576h", ...more);
const paths = pick("/", "/srv", "/a b/c", '/q"uote', "/d$x", "/é", "/.hidden/..x");
const hosts = pick(
    "shop.example.com",
    "*.example.com",
    "SHOP.Example.COM",
    "a",
    "xn--bcher-kva.example",
    "127.0.0.1",
    `${"l".repeat(63)}.${"m".repeat(63)}.${"n".repeat(63)}.example`,
    "web-green",
    "0.0.0.0",
);
const addresses = pick("192.0.2.10", "127.0.0.1", "::1", "2001:db8::1");

/** The keys of a hook. A `notice` only notifies, a `gate` decides, and a `check` decides and can be a request. */
function hook(name: string, kind: "notice" | "gate" | "check"): Record<string, Arbitrary<unknown>> {
    const at = `services.*.hooks.${name}`;
    return {
        [`${at}.command`]: pick("make smoke", "a\nb", "echo '\"$X`"),
        [`${at}.webhook`]: pick("https://example.com/T0/secret?x=1", "http://127.0.0.1:1/"),
        [`${at}.timeout`]: durations(),
        [`${at}.retries`]: pick(0, 1, 100),
        ...(kind === "notice" ? {} : { [`${at}.onTimeout`]: pick("hold", "rollback", "continue") }),
        ...(kind === "check"
            ? {
                  [`${at}.http.path`]: pick("/", "/smoke?a=b"),
                  [`${at}.http.status`]: pick(200, "200-299"),
                  [`${at}.http.body`]: pick("ok", '"$(id)', "%[src]"),
                  [`${at}.http.header`]: pick("content-type: text/html", 'x: "'),
              }
            : {}),
    };
}

/** Good values of each key, by its place under `services.*`, `front` or the root. */
export const goodValues: Record<string, Arbitrary<unknown>> = {
    "services.*.compose": pick("compose.yaml", {
        files: ["a.yaml", "b.yaml"],
        envFile: [".env"],
        service: "web",
        ignore: ["container_name", "labels.traefik.*"],
    }),
    "services.*.image": images,
    "services.*.port": pick(1, 80, 8080, 65535),
    "services.*.env": named(pick("LEVEL", "_x", "a.b", "constructor"), anyText),
    "services.*.secrets": few(secretNames),
    "services.*.command": fc.array(anyText, { maxLength: 3 }),
    "services.*.entrypoint": fc.array(anyText, { maxLength: 3 }),
    "services.*.haproxy.backend": few(pick("balance leastconn", 'http-request set-header x-a "b c"')),
    "services.*.redeploy": pick("2026-11-25", 7, "\n"),
    "services.*.workingDir": paths,
    "services.*.user": pick("1000", "node", "1000:1000", "a.b-c_d:e", 0),
    "services.*.init": fc.boolean(),
    "services.*.labels": named(pick("team", "com.example/x", "#", '"', "toString", "relink"), anyText),
    "services.*.volumes": few(
        fc.oneof(
            pick("data:/data:ro", "/srv/x:/y:ro"),
            fc.record({ source: pick("data", "/srv"), target: pick("/a", "/b"), shared: fc.constant(true) }),
        ),
    ).map(volumes => (new Set(volumes.map(targetOf)).size === volumes.length ? volumes : volumes.slice(0, 1))),
    "services.*.networks": few(pick("backend", "a.b_c-d")),
    "services.*.extraHosts": few(pick("db.internal:10.0.0.5", "h:host-gateway", "v6:2001:db8::1")),
    "services.*.dns": few(addresses),
    "services.*.capabilities.add": few(pick("NET_ADMIN", "all")),
    "services.*.capabilities.drop": few(pick("ALL", "chown")),
    "services.*.readOnly": fc.boolean(),
    "services.*.securityOpt": few(pick("no-new-privileges", "no-new-privileges:true", "apparmor=docker-default")),
    "services.*.pidsLimit": pick(-1, 1, 4096),
    // Each service gets the settings of its protocol alone (configs.ts).
    "services.*.protocol": pick("h2c", "h2c", "tcp"),
    "front.tcpPorts": few(pick(7001, 64_000)),
    "services.*.sendProxy": pick("v2"),
    "services.*.listen.port": pick(25, 6379, 8405, 64_000),
    "services.*.listen.sni": pick(["db.example.com"], ["*.example.com", "DB.Example.net"]),
    "services.*.health.port": pick(8081),
    "services.*.health.send": pick("PING\r\n", "é"),
    "services.*.health.expect": pick("+PONG", "\t\0x %[src]".replace("\0", "")),
    "services.*.memory": pick("6m", "512M", "2g", 10_000_000),
    "services.*.cpus": pick(0.01, 2, "0.5", 1024),
    "services.*.ulimits": named(pick("nofile", "core"), fc.oneof(pick(-1, 0, 65536), pick({ soft: 1, hard: 2 }))),
    "services.*.log.driver": pick("json-file", "local", "grafana/loki:latest"),
    "services.*.log.options": named(pick("max-size", "tag"), anyText),
    "services.*.restart": pick("no", "always", "unless-stopped", "on-failure", false),
    "services.*.stopSignal": pick("SIGQUIT", "SIGRTMIN+3", "9", 15),
    "services.*.stopGracePeriod": durations("0s"),
    "services.*.maxReplicas": pick(8, 20, 100),
    "services.*.timeouts.server": durations(),
    "services.*.health.path": pick("/", "/healthz", "/%20%0a%23?a=b&c=d", "/a!b*c(d)", "/~x;y@z:1,2+3"),
    "services.*.health.tcp": fc.constant(false),
    "services.*.health.command": fc.oneof(pick("curl -f http://localhost/ || exit 1"), fc.array(anyText)),
    "services.*.health.commandInterval": durations(),
    "services.*.health.commandTimeout": durations(),
    "services.*.health.commandRetries": pick(1, 3, 100),
    "services.*.health.startPeriod": durations("0s"),
    "services.*.health.host": pick("web", "shop.example.com:8080", "10.0.0.1", "a:1"),
    "services.*.health.status": pick(200, "200", "200-399", "100-599"),
    "services.*.health.interval": pick("1ms", "500ms", "2s"),
    "services.*.health.timeout": durations(),
    "services.*.health.rise": pick(1, 2, 100),
    "services.*.health.fall": pick(1, 3, 100),
    "services.*.sticky": pick("cookie"),
    "services.*.failover": fc.boolean(),
    "services.*.internal": fc.boolean(),
    "services.*.strategy": pick("blueGreen", "rolling"),
    "services.*.strategy.rolling.step": pick(1, 100, "half", "service"),
    "services.*.strategy.rolling.gracePeriod": durations("0s"),
    "services.*.strategy.rolling.order": pick("startFirst", "startFirst", "stopFirst"),
    "services.*.strategy.rolling.healthcheckTimeout": pick("60s", "5m"),
    "services.*.strategy.rolling.wait": durations("0s"),
    "services.*.strategy.rolling.waitAfterHealthy": durations("0s"),
    "services.*.strategy.rolling.preStopCommand": pick("drain {id}", "a\nb", "$(id) `id` '{id}"),
    "services.*.strategy.canary.weight": pick(0, 1, 25, 100),
    "services.*.strategy.canary.steps": pick(
        [{ weight: 1 }],
        [
            { weight: 10, replicas: 1, pause: "0s", analysis: false },
            { weight: 99, pause: "1h" },
        ],
    ),
    "services.*.strategy.canary.replicas": pick(1),
    "services.*.strategy.canary.match": pick(
        [{ header: "x-beta", value: "yes" }],
        [{ header: "User-Agent", value: "%[src] #'-i" }, { cookie: "beta" }, { cookie: "Staff.1", value: "a=b" }],
    ),
    "services.*.strategy.canary.sticky": pick("none", "cookie", "hash"),
    "services.*.strategy.rolling.preStopIn": pick("host", "container"),
    "services.*.strategy.rolling.preStopWaitUntilUnhealthy": fc.boolean(),
    "services.*.minHealthyTime": pick("0s", "1ms", "5s"),
    "services.*.healthyDeadline": pick("5m", "9m"),
    "services.*.progressDeadline": pick("10m", "576h"),
    "services.*.drainTimeout": durations("0s"),
    "services.*.onDrainTimeout": pick("close", "wait"),
    "services.*.previousColor": pick("keep", "stop", "remove"),
    "services.*.keepReleases": pick(1, 3, 50),
    "services.*.autoPromotion": fc.boolean(),
    "services.*.promote": pick("0123456789ab-0123456789abcdef"),
    "services.*.bakeTime": pick("0s", "15s", "5m"),
    "services.*.analysis.maxErrorRatio": pick("5%", "0.5%", "100%"),
    "services.*.analysis.maxLatency": durations(),
    "services.*.analysis.maxSlowdown": pick(2, 3, 1000),
    "services.*.analysis.minRequests": pick(1, 10, 1_000_000),
    "services.*.analysis.interval": pick("1ms", "1s"),
    ...hook("preDeploy", "gate"),
    ...hook("prePromotion", "check"),
    ...hook("postPromotion", "check"),
    ...hook("onRollback", "notice"),
    "services.*.retryToken": pick("again", "\n", 7, "é"),
    "services.*.driftPolicy": pick("fail", "repair"),
    "services.*.adoptFrom": pick("shop/old", "a.b_c-9/dev"),
    "services.*.lockTimeout": durations("0s"),
    "services.*.replicas": pick(1, 2, 8),
    "services.*.hosts": fc.uniqueArray(hosts, { minLength: 1, maxLength: 3, selector: host => host.toLowerCase() }),
    "services.*.paths": fc.uniqueArray(pick("/", "/api", "/api/v2", "/.well-known", "/a~b/_c-d"), {
        minLength: 1,
        maxLength: 3,
    }),
    "services.*.stripPath": fc.boolean(),
    "services.*.routes": few(
        fc.record(
            {
                // Each route gets hosts of its own (configs.ts).
                hosts: fc.constant(["route.example.net"]),
                paths: pick(["/"], ["/", "/v1"]),
                stripPath: fc.boolean(),
                headers: named(pick("X-Version", "x-b-2", "constructor"), pick("2", 2, "*", true, 'a "b" /%[src]#')),
                port: pick(9000, 65_535),
            },
            { requiredKeys: ["hosts"] },
        ),
    ),
    "services.*.default": fc.boolean(),
    "services.*.auth.basic": few(pick("alice", "b.o_b@example.com")),
    "services.*.allow": fc.uniqueArray(pick("192.0.2.10", "10.0.0.0/8", "2001:db8::/32"), {
        minLength: 1,
        maxLength: 3,
    }),
    "services.*.maintenance": fc.boolean(),
    "services.*.live": pick("auto", "blue", "green"),
    "front.use": pick("shop-prod", "A.b_c-9"),
    "front.name": pick("shop", "A.b_c-9", "x".repeat(63)),
    "front.image": images,
    "front.address": addresses,
    "front.network.subnet": pick("10.1.0.0/20", "172.30.0.0/16", "192.168.4.0/24"),
    "front.http.port": pick(80, 8000, 60_000),
    "front.http.redirectToHttps": pick(301, 302, 308),
    "front.https.port": pick(443, 8443),
    "front.https.certificates": few(pick("shop", "a.b_c-9"), 2),
    "front.https.acme.email": pick("you@example.com", "a.b+c@mail.example.org"),
    "front.https.acme.directory": pick("https://acme.example.com/dir", "https://localhost:14000/dir?x=1"),
    "front.https.acme.directoryCa": pick("ca.pem", "/etc/a b/ca.pem"),
    "front.https.acme.profile": pick("shortlived", "tls-server_1.0"),
    "front.https.acme.renewAt": durations("auto"),
    "front.https.acme.dnsHook": pick("./dns.sh", "a\nb", "echo '\"$X`"),
    "front.https.selfSigned": fc.boolean(),
    "front.https.default": pick("shop", "a.b_c-9"),
    "front.https.minVersion": pick("TLSv1.2", "TLSv1.3"),
    "front.https.clientCa": pick("ca.pem", "/etc/a b/ca.pem"),
    "front.https.clientVerify": pick("required", "optional"),
    "front.https.http3": fc.boolean(),
    "front.https.hsts": pick("max-age=0", "max-age=31536000; includeSubDomains; preload"),
    "front.preview.port": pick(8090, 1),
    "front.preview.secretSha256": pick("0123456789abcdef".repeat(4), "ABCDEF0123456789".repeat(4)),
    "front.metrics.port": pick(8404, 2),
    "front.trustedProxies": few(pick("192.0.2.10", "10.0.0.0/8", "0.0.0.0/0", "2001:db8::/32", "::1")),
    "front.redirects": named(
        pick("www.example.org", "old.example.org"),
        pick("example.org", "https://Example.com:8443"),
    ),
    "front.responseHeaders": named(
        pick("x-frame-options", "Content-Security-Policy"),
        pick("DENY", "default-src 'self'; img-src * 100%; #x {}"),
    ),
    "front.accessLog": pick("json"),
    "front.haproxy.global": few(pick("tune.bufsize 32768", 'setenv WORD "a b"')),
    "front.haproxy.frontend": few(pick("http-request deny if { path_beg /internal }", "no option httpclose # own")),
    "front.limits.body": pick(1, "1b", "512k", "10M", "2g"),
    "front.limits.rate": pick("1/1s", "100/10s", "1000000/1h"),
    "front.limits.connections": pick(1, 100, 4000),
    "front.compression": pick(true, false, [], ["text/html", "application/vnd.api+json"]),
    "front.proxyProtocol": pick(false),
    "front.statistics": few(pick("alice", "carol")),
    "front.errorPages": named(pick("maintenance", "404", "503"), pick("pages/a.html", "/srv/b.json", "c d.txt")),
    "front.healthPath": pick("/healthz", "/a?b=c"),
    "front.timeouts.connect": durations(),
    "front.timeouts.client": durations(),
    "front.timeouts.server": durations(),
    "front.timeouts.httpRequest": durations(),
    "front.timeouts.httpKeepAlive": durations(),
    "front.timeouts.queue": durations(),
    "front.timeouts.tunnel": durations(),
    "front.timeouts.clientFin": durations(),
    "front.timeouts.serverFin": durations(),
    "front.timeouts.check": durations(),
    host: pick("unix:///var/run/docker.sock", "tcp://docker.example.com:2375", "tcp://[::1]:2376"),
    "registries.*.username": pick("robot$ci", "x y"),
    "registries.*.password": pick(`${planted}-"password'`),
};

/** `configs` derives the secrets and the certificates from what services and front ask for. */
const derived = new Set(["secrets", "certificates", "users"]);

/** @returns the keys without good values here */
export function withoutGoodValues(keys: readonly string[]): string[] {
    return keys.filter(key => !(key in goodValues) && !derived.has(key));
}

function targetOf(volume: unknown): unknown {
    return typeof volume === "string" ? volume.split(":")[1] : (volume as { target: string }).target;
}
