import type Dockerode from "dockerode";
import { Engine } from "../../docker/Engine";
import type { MadeCertificate } from "../support/certificates";
import { findFreePorts } from "../support/freePorts";
import { haproxyImage } from "./benchStack";

const port = 8080;
const httpsPort = 8443;
const pemFile = "/tmp/site.pem";

/** HAProxy with a configuration written by hand: the shortest one that checks its servers and balances between them. */
export class HandMadeProxy {
    private constructor(
        readonly url: string,
        /** The same over TLS. */
        readonly httpsUrl: string,
        private readonly container: Dockerode.Container,
    ) {}

    /** @param servers ADDRESS:PORT of each. Remove it. */
    static async start(
        name: string,
        network: string,
        servers: string[],
        { certificate, key }: MadeCertificate,
    ): Promise<HandMadeProxy> {
        const { http, https } = await findFreePorts();
        const published = (port: number) => [{ HostIp: "127.0.0.1", HostPort: String(port) }];
        const container = await Engine.connect().docker.createContainer({
            name,
            Image: haproxyImage,
            Entrypoint: ["sh", "-c"],
            Cmd: [
                `echo '${certificate}\n${key}' > ${pemFile} && echo '${configuration(servers)}' > /tmp/haproxy.cfg && ` +
                    "exec haproxy -W -db -f /tmp/haproxy.cfg",
            ],
            ExposedPorts: { [`${port}/tcp`]: {}, [`${httpsPort}/tcp`]: {} },
            HostConfig: {
                NetworkMode: network,
                PortBindings: { [`${port}/tcp`]: published(http), [`${httpsPort}/tcp`]: published(https) },
            },
        });
        await container.start();
        return new HandMadeProxy(`http://127.0.0.1:${http}/`, `https://127.0.0.1:${https}/`, container);
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
    bind :${httpsPort} ssl crt ${pemFile} alpn h2,http/1.1
    default_backend web
backend web
    option httpchk GET /healthz
${servers.map((server, index) => `    server server-${index + 1} ${server} check`).join("\n")}
`;
}
