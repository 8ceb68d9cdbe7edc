import { mapBalance, mapCookie, mapFailover, mapRouteSettings } from "./affinity";
import { mapBindSettings } from "./bindSettings";
import type { Conversion, TutumService, Variable } from "./Conversion";
import { refuseClientCertificates } from "./certificates";
import {
    mapConnections,
    mapForceDefault,
    mapLogging,
    mapMonitor,
    mapReloadTimeout,
    mapStatisticsPort,
    noteProcesses,
    refuseBackend,
    refuseDefaultFile,
    refuseLineFile,
    refuseMode,
    refuseSkip,
    refuseTcpPorts,
} from "./frontVariables";
import { mapHealthCheck, mapHttpCheck } from "./healthCheck";
import { mapFrontOptions, mapServiceOptions } from "./options";
import { mapBackendLines, mapDefaultLines, mapGlobalLines } from "./ownLines";
import { mapStatistics } from "./passwords";
import { mapForceSsl } from "./redirect";
import { mapTimeouts } from "./timeouts";
import { mapCiphers, mapTlsOptions } from "./tls";

/** Maps one variable of HAProxy. */
export type FrontRow = (variable: Variable, to: Conversion) => void;

/** Maps one variable of a service. */
export type ServiceRow = (variable: Variable, service: TutumService, to: Conversion) => void;

/** It says nothing that relink needs, or another variable's row reads it. */
const nothing = () => {};

/** The variables of HAProxy. Those of certificates, passwords, listeners' lines and routes are read together. */
export const frontRows: Record<string, FrontRow> = {
    CA_CERT: refuseClientCertificates,
    CA_CERT_FILE: refuseClientCertificates,
    DEBUG: nothing,
    EXTRA_BIND_SETTINGS: mapBindSettings,
    EXTRA_DEFAULT_SETTINGS: mapDefaultLines,
    EXTRA_DEFAULT_SETTINGS_FILE: refuseDefaultFile,
    EXTRA_GLOBAL_SETTINGS: mapGlobalLines,
    EXTRA_GLOBAL_SETTINGS_FILE: refuseLineFile("global"),
    FORCE_DEFAULT_BACKEND: mapForceDefault,
    HAPROXY_GROUP: nothing,
    HAPROXY_USER: nothing,
    HTTP_BASIC_AUTH: nothing,
    HTTP_BASIC_AUTH_SECURE: nothing,
    MAXCONN: mapConnections,
    MODE: refuseMode,
    MONITOR_PORT: mapMonitor,
    MONITOR_URI: mapMonitor,
    NBPROC: noteProcesses,
    OPTION: mapFrontOptions,
    RELOAD_TIMEOUT: mapReloadTimeout,
    RSYSLOG_DESTINATION: mapLogging,
    SKIP_FORWARDED_PROTO: refuseSkip,
    SSL_BIND_CIPHERS: mapCiphers,
    SSL_BIND_OPTIONS: mapTlsOptions,
    STATS_AUTH: mapStatistics,
    STATS_PORT: mapStatisticsPort,
    SWARM_MODE_POLLING_INTERVAL: nothing,
    TCP_PORTS: refuseTcpPorts,
    TIMEOUT: mapTimeouts,
};

/** Beginnings of HAProxy's variables. `ADDITIONAL_SERVICES` is a link. */
export const frontPrefixes: readonly [start: RegExp, row: FrontRow][] = [
    [/^ADDITIONAL_SERVICES$/, nothing],
    [/^ADDITIONAL_BACKEND_/, refuseBackend],
    [/^EXTRA_FRONTEND_SETTINGS_FILE_\d+$/, refuseLineFile("frontend")],
    [/^EXTRA_FRONTEND_SETTINGS_\d+$/, nothing],
    // How Tutum's HAProxy reached its own API, or Docker's.
    [/^(?:TUTUM|DOCKERCLOUD|DOCKER)_|^HOSTNAME$/, nothing],
];

/** The variables of services. */
export const serviceRows: Record<string, ServiceRow> = {
    BALANCE: mapBalance,
    COOKIE: mapCookie,
    DEFAULT_SSL_CERT: nothing,
    EXCLUDE_BASIC_AUTH: nothing,
    EXCLUDE_PORTS: nothing,
    EXTRA_ROUTE_SETTINGS: mapRouteSettings,
    EXTRA_SETTINGS: mapBackendLines,
    FAILOVER: mapFailover,
    FORCE_SSL: mapForceSsl,
    GZIP_COMPRESSION_TYPE: nothing,
    HEALTH_CHECK: mapHealthCheck,
    HSTS_MAX_AGE: nothing,
    HTTP_CHECK: mapHttpCheck,
    OPTION: mapServiceOptions,
    SERVICE_PORTS: nothing,
    SSL_CERT: nothing,
    TCP_PORTS: (variable, _, to) => refuseTcpPorts(variable, to),
    VIRTUAL_HOST: nothing,
    VIRTUAL_HOST_WEIGHT: nothing,
};

/**
 * Variables of services that count at HAProxy too, for all services without one of their own. Tutum's HAProxy read the
 * last of them at services alone.
 */
export const inherited: readonly string[] = [
    "BALANCE",
    "EXTRA_ROUTE_SETTINGS",
    "HEALTH_CHECK",
    "FORCE_SSL",
    "GZIP_COMPRESSION_TYPE",
    "HSTS_MAX_AGE",
    "HTTP_CHECK",
    "VIRTUAL_HOST",
];
