import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { LiveSystem } from "../look/LiveSystem";

/** Keys of the stack config that the default provider reads and relink does not. */
const keysOfDefault = ["docker:host", "docker:context"];

/**
 * Makes the provider for `@pulumi/docker` when its default provider would find another Engine than relink. The default one
 * knows neither `relink:host` nor the contexts of the Docker CLI. A provider that comes or goes replaces no resource,
 * because the plugin says whether another address does.
 * @returns undefined when the default provider finds the same Engine. So a stack that is used from several machines shows no
 * new address each time
 * @throws RunError when the environment sends every provider to another Engine
 */
export function dockerProvider({ endpoint, target: { host } }: LiveSystem): docker.Provider | undefined {
    const { DOCKER_CONTEXT: context, DOCKER_HOST: environment, DOCKER_CERT_PATH: certificates } = process.env;
    if (context && context !== "default" && (host || environment)) {
        throw new pulumi.RunError(
            `DOCKER_CONTEXT=${context} would send the front to another Docker Engine than the services, which go by ` +
                `${host ? "relink:host" : "DOCKER_HOST"}. Nothing was done. To go on: unset DOCKER_CONTEXT`,
        );
    }
    const { url, isDefault, certificates: folder } = endpoint;
    const config = pulumi.runtime.allConfig();
    if (!host && (environment || isDefault) && !keysOfDefault.some(key => key in config)) {
        return undefined;
    }
    return new docker.Provider("docker", {
        host: url,
        certPath: folder === certificates ? undefined : folder,
        disableDockerDaemonCheck: true,
    });
}

/**
 * Makes the provider of a preview without Docker. The docker plugin asks the Engine when it is configured, even with
 * `disableDockerDaemonCheck`. Pulumi configures no plugin whose settings are not known yet.
 */
export function unaskedProvider(): docker.Provider {
    return new docker.Provider("docker", { host: pulumi.output(pulumi.unknown) as unknown as string });
}
