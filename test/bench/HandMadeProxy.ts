import type Dockerode from "dockerode";
import { Engine } from "../../docker/Engine";
import { findFreePorts } from "../support/freePorts";
import { haproxyImage } from "./benchStack";

const port = 8080;

/** HAProxy with a configuration written by hand: the shortest one that checks its servers and balances between them. */
export class HandMadeProxy {
    private constructor(
        readonly url: string,
        private readonly container: Dockerode.Container,
    ) {}

    /** @param servers ADDRESS:PORT of each. Remove it. */
    static async start(name: string, network: string, servers: string[]): Promise<HandMadeProxy> {
        const { http } = await findFreePorts();
        const container = await Engine.connect().docker.createContainer({
            name,
            Image: haproxyImage,
            Entrypoint: ["sh", "-c"],
            Cmd: [`echo '${configuration(servers)}' > /tmp/haproxy.cfg && exec haproxy -W -db -f /tmp/haproxy.cfg`],
            ExposedPorts: { [`${port}/tcp`]: {} },
            HostConfig: {
                NetworkMode: network,
                PortBindings: { [`${port}/tcp`]: [{ HostIp: "127.0.0.1", HostPort: String(http) }] },
            },
        });
        await container.start();
        return new HandMadeProxy(`http://127.0.0.1:${http}/`, container);
    }

    async remove(): Promise<void> {
        await this.container.remove({ force: true });
    }
}

function configuration(servers: string[]): string {
    return `global
    maxconn 8000
defaults
    mode http
    timeout connect 5s
    timeout client 30s
    timeout server 30s
frontend web
    bind :${port}
    default_backend web
backend web
    option httpchk GET /healthz
${servers.map((server, index) => `    server server-${index + 1} ${server} check`).join("\n")}
`;
}
