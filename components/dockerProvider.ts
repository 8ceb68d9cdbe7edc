import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { LiveSystem } from "../look/LiveSystem";

/** Keys of the stack config that the default provider goes by, and relink does not. */
const keysOfDefault = ["docker:host", "docker:context"];

/**
 * The provider for `@pulumi/docker`, where its default one would find another Engine than relink does: it knows nothing of
 * `relink:host` or of the Docker CLI's contexts. Undefined where the default one finds the same, so that a stack which is
 * used from several machines shows no new address each time. To come and go replaces nothing: Pulumi asks the plugin
 * whether another address has to.
 * @throws where the environment sends every provider to another Engine.
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
 * The provider of a preview that has to do without Docker. The docker plugin asks the Engine as soon as it is configured,
 * whatever `disableDockerDaemonCheck` says; Pulumi configures no plugin whose settings are not known yet.
 */
export function unaskedProvider(): docker.Provider {
    return new docker.Provider("docker", { host: pulumi.output(pulumi.unknown) as unknown as string });
}
