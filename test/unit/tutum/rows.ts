import type { Fields } from "../../../settings/fields";
import { type Environments, onOneLine } from "./support";

/** What a variable becomes: keys of the front, and of the service `web` beside its check. */
export type Becomes = [environments: Environments, front: Fields, web?: Fields];

const redirect = "redirect scheme https code 301 if !{ ssl_fc }";
const tls = { https: { certificates: ["default"] } };
const secure = { DEFAULT_SSL_CERT: onOneLine };
const lb = (variables: Record<string, string>): Environments => ({ haproxy: variables });
const web = (variables: Record<string, string>): Environments => ({ web: variables });
const lines = (...backend: string[]): Fields => ({ haproxy: { backend } });
const own = (section: "global" | "frontend", ...all: string[]): Fields => ({ haproxy: { [section]: all } });

/** One row or more for each variable that relink takes over. */
export const taken: Record<string, Becomes[]> = {
    ADDITIONAL_SERVICES: [[lb({ ADDITIONAL_SERVICES: "shop:web" }), {}]],
    BALANCE: [
        [lb({ BALANCE: "roundrobin" }), {}],
        [lb({ BALANCE: "leastconn" }), {}, lines("balance leastconn")],
        [{ ...lb({ BALANCE: "leastconn" }), ...web({ BALANCE: "source" }) }, {}, lines("balance source")],
    ],
    COOKIE: [[web({ COOKIE: "SRV insert indirect nocache" }), {}, { sticky: "cookie" }]],
    DEBUG: [[lb({ DEBUG: "1" }), {}]],
    DEFAULT_SSL_CERT: [
        [lb(secure), tls],
        [web(secure), tls],
        [{ ...lb(secure), ...web(secure) }, tls],
    ],
    EXCLUDE_BASIC_AUTH: [
        [
            { haproxy: { HTTP_BASIC_AUTH: "al:a" }, web: { EXCLUDE_BASIC_AUTH: "1" }, api: { VIRTUAL_HOST: "a.b" } },
            {},
            { default: true },
        ],
    ],
    EXCLUDE_PORTS: [[web({ EXCLUDE_PORTS: "3306, 22" }), {}]],
    EXTRA_BIND_SETTINGS: [
        [lb({ ...secure, EXTRA_BIND_SETTINGS: redirect }), { ...tls, http: { redirectToHttps: 301 } }],
        [lb({ ...secure, EXTRA_BIND_SETTINGS: `80:${redirect}` }), { ...tls, http: { redirectToHttps: 301 } }],
        [lb({ EXTRA_BIND_SETTINGS: "80:name http, 443:no-sslv3" }), {}],
        [
            lb({ ...secure, EXTRA_BIND_SETTINGS: "443:ssl-min-ver TLSv1.3 alpn h2\\,http/1.1" }),
            { https: { certificates: ["default"], minVersion: "TLSv1.3" } },
        ],
    ],
    EXTRA_DEFAULT_SETTINGS: [
        [lb({ EXTRA_DEFAULT_SETTINGS: "timeout client 5m, log global" }), { timeouts: { client: "5m" } }],
        [lb({ EXTRA_DEFAULT_SETTINGS: "retries 5, balance source" }), {}, lines("retries 5", "balance source")],
        [
            lb({ EXTRA_DEFAULT_SETTINGS: "option logasap, option httpclose, maxconn 100" }),
            own("frontend", "option logasap"),
            lines("option httpclose"),
        ],
    ],
    EXTRA_FRONTEND_SETTINGS_80: [
        [
            lb({ EXTRA_FRONTEND_SETTINGS_80: "acl a path_beg /a\\,b, http-request deny if a" }),
            own("frontend", "acl a path_beg /a,b", "http-request deny if a"),
        ],
        [
            lb({ EXTRA_FRONTEND_SETTINGS_80: "reqadd X-A:\\ b\\ 100%, rspadd X-B:\\ c if { path / }" }),
            own("frontend", 'http-request add-header X-A "b 100%%"', 'http-response add-header X-B "c" if { path / }'),
        ],
        [lb({ ...secure, EXTRA_FRONTEND_SETTINGS_80: redirect }), { ...tls, http: { redirectToHttps: 301 } }],
        [
            lb({
                ...secure,
                EXTRA_FRONTEND_SETTINGS_80: "monitor-uri /up",
                EXTRA_FRONTEND_SETTINGS_443: "monitor-uri /up",
            }),
            { ...tls, healthPath: "/up" },
        ],
        [lb({ EXTRA_FRONTEND_SETTINGS_80: "timeout client 1m, maxconn 2000" }), { timeouts: { client: "1m" } }],
    ],
    EXTRA_GLOBAL_SETTINGS: [
        [
            lb({ EXTRA_GLOBAL_SETTINGS: "tune.ssl.cachesize 20000, tune.ssl.default-dh-param 2048, maxconn 10" }),
            own("global", "tune.ssl.cachesize 20000", "tune.ssl.default-dh-param 2048"),
        ],
    ],
    EXTRA_ROUTE_SETTINGS: [
        [lb({ EXTRA_ROUTE_SETTINGS: "send-proxy" }), {}, lines("default-server send-proxy")],
        [web({ EXTRA_ROUTE_SETTINGS: "maxconn 10" }), {}, lines("default-server maxconn 10")],
    ],
    EXTRA_SETTINGS: [
        [
            web({ EXTRA_SETTINGS: "http-request set-header x-a b\\,c, balance source, rspadd X-A:\\ b" }),
            {},
            lines("http-request set-header x-a b,c", "balance source", 'http-response add-header X-A "b"'),
        ],
        [
            { ...lb(secure), ...web({ EXTRA_SETTINGS: redirect }) },
            { ...tls, http: { redirectToHttps: 301 } },
        ],
        [web({ EXTRA_SETTINGS: "timeout server 5m" }), {}, lines("timeout server 5m")],
        [web({ EXTRA_SETTINGS: "cookie SRV insert" }), {}, { sticky: "cookie" }],
    ],
    EXTRA_SSL_CERTS: [[lb({ EXTRA_SSL_CERTS: "CERT_A", CERT_A: onOneLine }), { https: { certificates: ["cert-a"] } }]],
    FORCE_DEFAULT_BACKEND: [
        [lb({ FORCE_DEFAULT_BACKEND: "True" }), {}],
        [{ haproxy: { FORCE_DEFAULT_BACKEND: "False" }, web: { VIRTUAL_HOST: "a.b" } }, {}, { hosts: ["a.b"] }],
    ],
    FORCE_SSL: [
        [
            { ...lb(secure), ...web({ FORCE_SSL: "yes" }) },
            { ...tls, http: { redirectToHttps: 301 } },
        ],
        [
            { ...lb(secure), ...web({ FORCE_SSL: "yes" }), api: { VIRTUAL_HOST: "api.example.com" } },
            tls,
            {
                default: true,
                ...lines("http-request redirect scheme https code 301 if !{ ssl_fc } !{ var(txn.confirmed) -m bool }"),
            },
        ],
    ],
    GZIP_COMPRESSION_TYPE: [
        [web({ GZIP_COMPRESSION_TYPE: "text/html text/css" }), { compression: ["text/html", "text/css"] }],
        [
            { ...web({ GZIP_COMPRESSION_TYPE: "text/html" }), api: { VIRTUAL_HOST: "a.b" } },
            {},
            { default: true, ...lines("compression algo gzip", "compression type text/html") },
        ],
    ],
    HAPROXY_GROUP: [[lb({ HAPROXY_GROUP: "haproxy" }), {}]],
    HAPROXY_USER: [[lb({ HAPROXY_USER: "haproxy" }), {}]],
    HEALTH_CHECK: [
        [
            lb({ HEALTH_CHECK: "check inter 10s fall 1 rise 2" }),
            {},
            { health: { interval: "10s", fall: 1, rise: 2, tcp: true } },
        ],
        [web({ HEALTH_CHECK: "check inter 2000" }), {}, { health: { interval: "2s", tcp: true } }],
        [
            web({ HEALTH_CHECK: "check port 81 fastinter 1s send-proxy" }),
            {},
            lines("default-server port 81 fastinter 1s send-proxy"),
        ],
    ],
    HSTS_MAX_AGE: [
        [
            { ...lb(secure), ...web({ HSTS_MAX_AGE: "31536000" }) },
            { https: { certificates: ["default"], hsts: "max-age=31536000; includeSubDomains" } },
        ],
        [
            { ...lb(secure), ...web({ HSTS_MAX_AGE: "60" }), api: { VIRTUAL_HOST: "api.example.com" } },
            tls,
            {
                default: true,
                ...lines(
                    'http-response set-header Strict-Transport-Security "max-age=60; includeSubDomains" if { ssl_fc }',
                ),
            },
        ],
    ],
    HTTP_BASIC_AUTH: [[lb({ HTTP_BASIC_AUTH: "al:a:b, bo:x\\,y" }), {}, { auth: { basic: ["al", "bo"] } }]],
    HTTP_BASIC_AUTH_SECURE: [
        [lb({ HTTP_BASIC_AUTH_SECURE: `al:$6$salt$${"a".repeat(86)}` }), {}, { auth: { basic: ["al"] } }],
    ],
    HTTP_CHECK: [
        [
            web({ HTTP_CHECK: "GET /up HTTP/1.1\\r\\nHost:\\ www.example.com" }),
            {},
            { health: { path: "/up", host: "www.example.com" } },
        ],
        [web({ HTTP_CHECK: "/up" }), {}, { health: { path: "/up" } }],
        [lb({ HTTP_CHECK: "HEAD /up" }), {}, { health: { path: "/up" } }],
    ],
    MAXCONN: [[lb({ MAXCONN: "4096" }), {}]],
    MODE: [[lb({ MODE: "http" }), {}]],
    MONITOR_PORT: [[lb({ MONITOR_PORT: "80" }), {}]],
    MONITOR_URI: [[lb({ MONITOR_URI: "/ping", MONITOR_PORT: "80" }), { healthPath: "/ping" }]],
    NBPROC: [[lb({ NBPROC: "4" }), {}]],
    OPTION: [
        [lb({ OPTION: "redispatch, httplog, dontlognull, forwardfor" }), {}],
        [
            lb({ OPTION: "logasap, http-server-close" }),
            own("frontend", "option logasap"),
            lines("option http-server-close"),
        ],
        [
            web({ OPTION: "httpchk GET /up, abortonclose" }),
            {},
            { health: { path: "/up" }, ...lines("option abortonclose") },
        ],
    ],
    RELOAD_TIMEOUT: [
        [lb({ RELOAD_TIMEOUT: "0" }), {}],
        [lb({ RELOAD_TIMEOUT: "-1" }), {}],
        [lb({ RELOAD_TIMEOUT: "30" }), {}, { drainTimeout: "30s" }],
    ],
    RSYSLOG_DESTINATION: [
        [lb({ RSYSLOG_DESTINATION: "127.0.0.1" }), {}],
        [lb({ RSYSLOG_DESTINATION: "192.0.2.1:514" }), own("global", "log 192.0.2.1:514 local0")],
    ],
    SERVICE_PORTS: [[web({ SERVICE_PORTS: "8080" }), {}]],
    SSL_BIND_CIPHERS: [
        [
            lb({ SSL_BIND_CIPHERS: "ECDHE-RSA-AES128-GCM-SHA256" }),
            own("global", "ssl-default-bind-ciphers ECDHE-RSA-AES128-GCM-SHA256"),
        ],
    ],
    SSL_BIND_OPTIONS: [
        [lb({ SSL_BIND_OPTIONS: "no-sslv3 no-tlsv10" }), {}],
        [
            lb({ ...secure, SSL_BIND_OPTIONS: "ssl-min-ver TLSv1.2 no-tls-tickets" }),
            { https: { certificates: ["default"], minVersion: "TLSv1.2" } },
        ],
    ],
    SSL_CERT: [
        [web({ SSL_CERT: onOneLine }), { https: { certificates: ["web"] } }],
        [lb({ SSL_CERT: onOneLine }), tls],
    ],
    STATS_AUTH: [[lb({ STATS_AUTH: "admin:secret" }), { statistics: ["admin"] }]],
    STATS_PORT: [[lb({ STATS_PORT: "1936" }), { metrics: { port: 1936 } }]],
    SWARM_MODE_POLLING_INTERVAL: [[lb({ SWARM_MODE_POLLING_INTERVAL: "5" }), {}]],
    TCP_PORTS: [[lb({ TCP_PORTS: "80,443" }), {}]],
    TIMEOUT: [
        [
            lb({ TIMEOUT: "connect 10s, client 1020s, server 1020s" }),
            { timeouts: { connect: "10s", client: "1020s", server: "1020s" } },
        ],
        [
            lb({ TIMEOUT: "connect 5000,http-keep-alive 1d, tarpit 5s" }),
            { timeouts: { connect: "5s", httpKeepAlive: "24h" }, ...own("frontend", "timeout tarpit 5s") },
        ],
    ],
    VIRTUAL_HOST: [
        [web({ VIRTUAL_HOST: "a.example.com, *.B.org" }), {}, { hosts: ["a.example.com", "*.b.org"] }],
        [web({ VIRTUAL_HOST: "http://a.b:80, ws://a.b" }), {}, { hosts: ["a.b"] }],
        [web({ VIRTUAL_HOST: "*/api, */api/*" }), {}, { paths: ["/api"] }],
        [web({ VIRTUAL_HOST: "a.b/x/*, a.b/y/*" }), {}, { hosts: ["a.b"], paths: ["/x", "/y"] }],
        [
            web({ VIRTUAL_HOST: "a.b/x/*, c.d/y/*, e.f/x/*, */z/*" }),
            {},
            {
                routes: [
                    { hosts: ["a.b", "e.f"], paths: ["/x"] },
                    { hosts: ["c.d"], paths: ["/y"] },
                    { paths: ["/z"] },
                ],
            },
        ],
        [web({ VIRTUAL_HOST: "a.b, a.b/x/*" }), {}, { hosts: ["a.b"], paths: ["/", "/x"] }],
        [
            { ...web({ VIRTUAL_HOST: "*, a.b/x/*" }), api: { VIRTUAL_HOST: "a.b" } },
            {},
            { hosts: ["a.b"], paths: ["/x"], default: true },
        ],
        [web({ VIRTUAL_HOST: "*" }), {}],
        [web({ VIRTUAL_HOST: "*, a.b" }), {}],
        [lb({ ...secure, VIRTUAL_HOST: "https://*" }), tls],
        [
            { ...lb(secure), ...web({ VIRTUAL_HOST: "https://shop.example.com:443" }) },
            tls,
            { hosts: ["shop.example.com"] },
        ],
    ],
    VIRTUAL_HOST_WEIGHT: [
        [
            { web: { VIRTUAL_HOST: "web.b.org", VIRTUAL_HOST_WEIGHT: "1" }, api: { VIRTUAL_HOST: "*.b.org" } },
            {},
            { hosts: ["web.b.org"] },
        ],
    ],
};

/** What relink refuses: the variables, where, and what it says. */
export type Refuses = [environments: Environments, place: string, says: RegExp];

export const refused: Record<string, Refuses[]> = {
    ADDITIONAL_BACKEND_: [
        [
            lb({ ADDITIONAL_BACKEND_DB: "server 127.0.0.1:1" }),
            "haproxy.environment.ADDITIONAL_BACKEND_DB",
            /service of it/,
        ],
        [lb({ ADDITIONAL_BACKEND_FILE_DB: "/f" }), "haproxy.environment.ADDITIONAL_BACKEND_FILE_DB", /service of it/],
    ],
    BALANCE: [[lb({ BALANCE: 'bad"\nline' }), "haproxy.environment.BALANCE", /must be one line/]],
    CA_CERT: [[lb({ CA_CERT: "PEM" }), "haproxy.environment.CA_CERT", /front\.https\.clientCa'? '?client-ca\.pem/]],
    CA_CERT_FILE: [
        [lb({ CA_CERT_FILE: "/ca" }), "haproxy.environment.CA_CERT_FILE", /front\.https\.clientCa'? '?client-ca\.pem/],
    ],
    CERT_FOLDER: [
        [
            lb({ CERT_FOLDER: "/certs/" }),
            "haproxy.environment.CERT_FOLDER",
            /pulumi config set --secret .*relink:certificates\.NAME/,
        ],
    ],
    DEFAULT_SSL_CERT: [
        [lb({ DEFAULT_SSL_CERT: "no PEM" }), "haproxy.environment.DEFAULT_SSL_CERT", /holds no certificate/],
    ],
    EXTRA_BIND_SETTINGS: [
        [
            lb({ EXTRA_BIND_SETTINGS: "443:accept-proxy" }),
            "haproxy.environment.EXTRA_BIND_SETTINGS",
            /front\.proxyProtocol.*trustedProxies/,
        ],
        [lb({ EXTRA_BIND_SETTINGS: "name http" }), "haproxy.environment.EXTRA_BIND_SETTINGS", /without a port/],
        [lb({ EXTRA_BIND_SETTINGS: "443:crt /x" }), "haproxy.environment.EXTRA_BIND_SETTINGS", /relink:certificates/],
        [
            lb({ EXTRA_BIND_SETTINGS: "443:force-sslv3" }),
            "haproxy.environment.EXTRA_BIND_SETTINGS",
            /https\.minVersion/,
        ],
        [lb({ EXTRA_BIND_SETTINGS: redirect }), "haproxy.environment.EXTRA_BIND_SETTINGS", /no certificate/],
    ],
    EXTRA_DEFAULT_SETTINGS: [
        [
            lb({ EXTRA_DEFAULT_SETTINGS: "errorfile 503 /x" }),
            "haproxy.environment.EXTRA_DEFAULT_SETTINGS",
            /errorPages/,
        ],
        [
            lb({ EXTRA_DEFAULT_SETTINGS: "fullconn 5" }),
            "haproxy.environment.EXTRA_DEFAULT_SETTINGS",
            /front\.haproxy\.frontend/,
        ],
        [
            lb({ EXTRA_DEFAULT_SETTINGS: "mode tcp" }),
            "haproxy.environment.EXTRA_DEFAULT_SETTINGS",
            /a setting of each service/,
        ],
    ],
    EXTRA_DEFAULT_SETTINGS_FILE: [
        [
            lb({ EXTRA_DEFAULT_SETTINGS_FILE: "/f" }),
            "haproxy.environment.EXTRA_DEFAULT_SETTINGS_FILE",
            /EXTRA_DEFAULT_SETTINGS/,
        ],
    ],
    EXTRA_FRONTEND_SETTINGS_: [
        [
            lb({ EXTRA_FRONTEND_SETTINGS_81: "acl a path /" }),
            "haproxy.environment.EXTRA_FRONTEND_SETTINGS_81",
            /port 81/,
        ],
        [
            lb({ ...secure, EXTRA_FRONTEND_SETTINGS_80: "acl a path /" }),
            "haproxy.environment.EXTRA_FRONTEND_SETTINGS_80",
            /LINE if !\{ ssl_fc \}/,
        ],
        [
            lb({ EXTRA_FRONTEND_SETTINGS_80: "use_backend a" }),
            "haproxy.environment.EXTRA_FRONTEND_SETTINGS_80",
            /hosts and paths/,
        ],
        [
            lb({ EXTRA_FRONTEND_SETTINGS_80: "reqrep a b" }),
            "haproxy.environment.EXTRA_FRONTEND_SETTINGS_80",
            /replace-path/,
        ],
        [
            lb({ EXTRA_FRONTEND_SETTINGS_80: "backend x" }),
            "haproxy.environment.EXTRA_FRONTEND_SETTINGS_80",
            /begins no section/,
        ],
        [
            lb({ EXTRA_FRONTEND_SETTINGS_FILE_80: "/f" }),
            "haproxy.environment.EXTRA_FRONTEND_SETTINGS_FILE_80",
            /front\.haproxy\.frontend/,
        ],
    ],
    EXTRA_GLOBAL_SETTINGS: [
        [lb({ EXTRA_GLOBAL_SETTINGS: "nbproc 4" }), "haproxy.environment.EXTRA_GLOBAL_SETTINGS", /threads/],
        [lb({ EXTRA_GLOBAL_SETTINGS: "maxconn 17000" }), "haproxy.environment.EXTRA_GLOBAL_SETTINGS", /16000/],
    ],
    EXTRA_GLOBAL_SETTINGS_FILE: [
        [
            lb({ EXTRA_GLOBAL_SETTINGS_FILE: "/f" }),
            "haproxy.environment.EXTRA_GLOBAL_SETTINGS_FILE",
            /front\.haproxy\.global/,
        ],
    ],
    EXTRA_ROUTE_SETTINGS: [
        [web({ EXTRA_ROUTE_SETTINGS: "send-proxy backup" }), "web.environment.EXTRA_ROUTE_SETTINGS", /leave it out/],
    ],
    EXTRA_SETTINGS: [
        [web({ EXTRA_SETTINGS: "server a 127.0.0.1:1" }), "web.environment.EXTRA_SETTINGS", /replicas/],
        [web({ EXTRA_SETTINGS: "stick on src" }), "web.environment.EXTRA_SETTINGS", /services\.web\.sticky' cookie/],
    ],
    EXTRA_SSL_CERTS: [[lb({ EXTRA_SSL_CERTS: "CERT_A" }), "haproxy.environment.EXTRA_SSL_CERTS", /names CERT_A/]],
    FAILOVER: [[web({ FAILOVER: "yes" }), "web.environment.FAILOVER", /stays warm/]],
    FORCE_DEFAULT_BACKEND: [
        [lb({ FORCE_DEFAULT_BACKEND: "False" }), "haproxy.environment.FORCE_DEFAULT_BACKEND", /leaves web without/],
    ],
    FORCE_SSL: [[web({ FORCE_SSL: "yes" }), "web.environment.FORCE_SSL", /no certificate \(add DEFAULT_SSL_CERT/]],
    GZIP_COMPRESSION_TYPE: [
        [web({ GZIP_COMPRESSION_TYPE: "Text" }), "web.environment.GZIP_COMPRESSION_TYPE", /media type/],
    ],
    HEALTH_CHECK: [
        [lb({ HEALTH_CHECK: "inter 2000" }), "haproxy.environment.HEALTH_CHECK", /begin it with the word check/],
        [lb({ HEALTH_CHECK: "check inter often" }), "haproxy.environment.HEALTH_CHECK", /no time behind inter/],
        [lb({ HEALTH_CHECK: "check rise" }), "haproxy.environment.HEALTH_CHECK", /no number behind rise/],
        [lb({ HEALTH_CHECK: "check backup" }), "haproxy.environment.HEALTH_CHECK", /does not know/],
        [lb({ HEALTH_CHECK: "check inter 4m" }), "haproxy.environment.HEALTH_CHECK", /healthyDeadline/],
    ],
    HSTS_MAX_AGE: [
        [web({ HSTS_MAX_AGE: "60" }), "web.environment.HSTS_MAX_AGE", /no certificate/],
        [{ ...lb(secure), ...web({ HSTS_MAX_AGE: "a year" }) }, "web.environment.HSTS_MAX_AGE", /max-age=SECONDS/],
    ],
    HTTP_BASIC_AUTH: [
        [lb({ HTTP_BASIC_AUTH: "al" }), "haproxy.environment.HTTP_BASIC_AUTH", /NAME:PASSWORD/],
        [lb({ HTTP_BASIC_AUTH: "al:a, al:b" }), "haproxy.environment.HTTP_BASIC_AUTH", /another password for al/],
        [lb({ HTTP_BASIC_AUTH: "a b:c" }), "haproxy.environment.HTTP_BASIC_AUTH", /give the user another name/],
    ],
    HTTP_BASIC_AUTH_SECURE: [
        [
            lb({ HTTP_BASIC_AUTH_SECURE: "al:$1$x$y" }),
            "haproxy.environment.HTTP_BASIC_AUTH_SECURE",
            /openssl passwd -6/,
        ],
    ],
    HTTP_CHECK: [
        [web({ HTTP_CHECK: "OPTIONS * HTTP/1.1\\r\\nHost:\\ www" }), "web.environment.HTTP_CHECK", /health\.path/],
        [web({ HTTP_CHECK: "GET / HTTP/1.1\\r\\nX-A:\\ b" }), "web.environment.HTTP_CHECK", /header X-A/],
        [web({ HTTP_CHECK: 'GET /"' }), "web.environment.HTTP_CHECK", /a path that starts with/],
    ],
    MAXCONN: [[lb({ MAXCONN: "20000" }), "haproxy.environment.MAXCONN", /front\.limits\.connections/]],
    MODE: [
        [lb({ MODE: "tcp" }), "haproxy.environment.MODE", /protocol: tcp/],
        [lb({ MODE: "health" }), "haproxy.environment.MODE", /front\.healthPath/],
    ],
    MONITOR_PORT: [
        [
            lb({ MONITOR_PORT: "81", MONITOR_URI: "/ping" }),
            "haproxy.environment.MONITOR_PORT",
            /relink:front\.healthPath' \/ping/,
        ],
    ],
    OPTION: [
        [lb({ OPTION: "http-tunnel" }), "haproxy.environment.OPTION", /timeouts\.tunnel/],
        [web({ OPTION: "logasap" }), "web.environment.OPTION", /set OPTION=logasap at haproxy/],
        [web({ OPTION: "abortonclos" }), "web.environment.OPTION", /did you mean abortonclose/],
    ],
    RELOAD_TIMEOUT: [[lb({ RELOAD_TIMEOUT: "soon" }), "haproxy.environment.RELOAD_TIMEOUT", /whole number/]],
    RSYSLOG_DESTINATION: [
        [lb({ RSYSLOG_DESTINATION: "logs.example.com:1" }), "haproxy.environment.RSYSLOG_DESTINATION", /IPv4 address/],
    ],
    SKIP_FORWARDED_PROTO: [
        [lb({ SKIP_FORWARDED_PROTO: "1" }), "haproxy.environment.SKIP_FORWARDED_PROTO", /front\.trustedProxies/],
    ],
    SSL_BIND_OPTIONS: [
        [lb({ SSL_BIND_OPTIONS: "force-tlsv10" }), "haproxy.environment.SSL_BIND_OPTIONS", /https\.minVersion/],
    ],
    STATS_PORT: [[lb({ STATS_PORT: "many" }), "haproxy.environment.STATS_PORT", /must be a port/]],
    TCP_PORTS: [
        [lb({ TCP_PORTS: "80, 9000" }), "haproxy.environment.TCP_PORTS", /has 9000/],
        [web({ TCP_PORTS: "2222/ssl" }), "web.environment.TCP_PORTS", /has 2222\/ssl/],
    ],
    TIMEOUT: [
        [lb({ TIMEOUT: "sleep 5s" }), "haproxy.environment.TIMEOUT", /the timeout sleep/],
        [lb({ TIMEOUT: "connect soon" }), "haproxy.environment.TIMEOUT", /front\.timeouts\.connect/],
        [lb({ TIMEOUT: "connect 0" }), "haproxy.environment.TIMEOUT", /longer than 0/],
    ],
    VIRTUAL_HOST: [
        [web({ VIRTUAL_HOST: "a.b:90" }), "web.environment.VIRTUAL_HOST", /port 90/],
        [web({ VIRTUAL_HOST: "ftp://a.b" }), "web.environment.VIRTUAL_HOST", /scheme ftp/],
        [web({ VIRTUAL_HOST: "*example.com" }), "web.environment.VIRTUAL_HOST", /write example\.com, \*\.example\.com/],
        [web({ VIRTUAL_HOST: "www.example.*" }), "web.environment.VIRTUAL_HOST", /name each host/],
        [web({ VIRTUAL_HOST: "*/*.js" }), "web.environment.VIRTUAL_HOST", /name a path/],
        [web({ VIRTUAL_HOST: "https://a.b" }), "web.environment.VIRTUAL_HOST", /no certificate/],
        [
            { web: { VIRTUAL_HOST: "a.b" }, api: { VIRTUAL_HOST: "a.b" } },
            "api.environment.VIRTUAL_HOST",
            /merged both into one backend.*web-blue and web-green/,
        ],
        [{ web: {}, api: {} }, "api.environment.VIRTUAL_HOST", /is not set, as at web/],
        [
            { haproxy: { ...secure }, web: { VIRTUAL_HOST: "https://a.org", FORCE_SSL: "1" } },
            "web.environment.VIRTUAL_HOST",
            /no certificate of front\.https covers a\.org/,
        ],
    ],
    VIRTUAL_HOST_WEIGHT: [
        [
            { web: { VIRTUAL_HOST: "*.b.org", VIRTUAL_HOST_WEIGHT: "1" }, api: { VIRTUAL_HOST: "api.b.org" } },
            "web.environment.VIRTUAL_HOST_WEIGHT",
            /more specific route first/,
        ],
    ],
    unknown: [
        [lb({ TIMEOUTS: "connect 5s" }), "haproxy.environment.TIMEOUTS", /did you mean TIMEOUT/],
        [lb({ FAILOVER: "1" }), "haproxy.environment.FAILOVER", /move it to the services/],
    ],
};
