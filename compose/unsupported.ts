/**
 * Keys of a Compose service that relink does not support although they change how containers behave. For each one: why,
 * and what to do instead.
 */
export const unsupported: Record<string, string> = {
    annotations: "relink sets no annotations; use labels",
    blkio_config: "relink sets no limits of block I/O",
    cgroup: "relink sets no cgroup",
    cgroup_parent: "relink sets no cgroup",
    configs: "mount the file as a read-only volume, or build it into the image",
    container_name: "a name belongs to one container, and two colors run at once: relink names its containers itself",
    cpu_count: "relink limits CPUs by cpus alone",
    cpu_percent: "relink limits CPUs by cpus alone",
    cpu_period: "relink limits CPUs by cpus alone",
    cpu_quota: "relink limits CPUs by cpus alone",
    cpu_rt_period: "relink limits CPUs by cpus alone",
    cpu_rt_runtime: "relink limits CPUs by cpus alone",
    cpu_shares: "relink limits CPUs by cpus alone",
    cpuset: "relink limits CPUs by cpus alone",
    credential_spec: "relink sets no credential specs",
    device_cgroup_rules: "relink hands out no devices",
    devices: "relink hands out no devices",
    dns_opt: "relink sets addresses of DNS servers (dns), and no options",
    dns_search: "relink sets addresses of DNS servers (dns), and no search domains: write names in full",
    domainname: "two colors run at once, and their containers have names of their own",
    external_links: "let both join a network, and use the container's name there",
    gpus: "relink hands out no devices",
    group_add: "build the group into the image, or set user: USER:GROUP",
    hostname: "two colors run at once, and their containers have names of their own",
    ipc: "relink shares no namespaces between containers",
    isolation: "relink runs Linux containers",
    label_file: "write the labels into the service",
    links: "let both services join a network: there the other one has its service's name",
    mac_address: "two colors run at once, and cannot share an address",
    mem_reservation: "relink limits memory by mem_limit alone",
    mem_swappiness: "relink limits memory by mem_limit alone",
    memswap_limit: "relink limits memory by mem_limit alone",
    models: "relink runs no models",
    network_mode: "the front reaches a container in the front's own network; name networks to join beside it",
    oom_kill_disable: "relink leaves that to the kernel",
    oom_score_adj: "relink leaves that to the kernel",
    pid: "relink shares no namespaces between containers",
    platform: "name an image of that platform",
    post_start: "do it in the image's entrypoint",
    pre_stop: "do it when the stop signal comes: a container gets it only after its requests have ended",
    privileged: "name the capabilities that it needs (cap_add)",
    provider: "relink runs containers only",
    runtime: "relink uses Docker's default runtime",
    shm_size: "relink leaves /dev/shm at Docker's 64 MB",
    stdin_open: "a released container has no terminal to type into",
    storage_opt: "relink limits no disk space",
    sysctls: "set them on the Docker host",
    tmpfs: "use the container's file system or a volume",
    tty: "a released container has no terminal, and this would change its log",
    use_api_socket: "mount the socket by name if it must be",
    userns_mode: "relink shares no namespaces with the host",
    uts: "relink shares no namespaces between containers",
    volume_driver: "create the volume first, and set external: true",
    volumes_from: "name the volumes themselves",
};

/** Keys that say nothing about containers, or nothing that matters to relink. */
export const harmless: readonly string[] = ["attach", "develop", "extends", "profiles", "pull_refresh_after"];

/** Keys of `deploy` that Compose ignores because they are for `docker stack`, or that relink's own config sets. */
export const harmlessInDeploy: readonly string[] = [
    "endpoint_mode",
    "labels",
    "placement",
    "rollback_config",
    "update_config",
];

/** Whether a key with this value means the same as no key. */
export function saysNothing(value: unknown): boolean {
    if (value === undefined || value === null || value === false || value === "" || value === "false") {
        return true;
    }
    return typeof value === "object" && Object.keys(value).length === 0;
}
