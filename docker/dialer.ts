import { once } from "node:events";
import http from "node:http";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import type { Duplex } from "node:stream";
import axios from "axios";
import { Subnet } from "../model/Subnet";
import type { Engine } from "./Engine";
import { exec, execStream } from "./exec";
import { requestH2c } from "./requestH2c";

/** How long the trial connection to an address may take, milliseconds. */
const probeTimeoutMs = 500;
/** How much of a body is read, bytes. */
const maxBodyBytes = 4_096;

/** Commands in a container that connect their input and output to an address and port. */
const relayCommands: Record<string, (address: string, port: number) => string[]> = {
    socat: (address, port) => ["socat", "-", `TCP:${address}:${port}`],
    perl: (address, port) => ["perl", "-MIO::Socket::INET", "-e", perlRelay, address, String(port)],
    nc: (address, port) => ["nc", address, String(port)],
    bash: (address, port) => ["bash", "-c", bashRelay, "relay", address, String(port)],
};

const perlRelay = `
my $peer = IO::Socket::INET->new(PeerAddr => $ARGV[0], PeerPort => $ARGV[1], Timeout => 5) or die "$@\\n";
binmode $_ for *STDIN, *STDOUT, $peer;
my $watch = ''; vec($watch, fileno(STDIN), 1) = 1; vec($watch, fileno($peer), 1) = 1;
while (select(my $ready = $watch, undef, undef, undef)) {
    for my $pair ([*STDIN, $peer], [$peer, *STDOUT]) {
        my ($from, $to) = @$pair;
        next unless vec($ready, fileno($from), 1);
        sysread($from, my $data, 65536) or exit;
        for (my $sent = 0; $sent < length $data;) { $sent += syswrite($to, $data, length($data) - $sent, $sent) // exit }
    }
}`;

const bashRelay = 'exec 3<>"/dev/tcp/$1/$2" || exit 1; cat <&3 & cat >&3; kill $! 2>/dev/null';

/**
 * Makes connections into the front's network: directly where this machine is the Docker host, else by a Docker exec in
 * the anchor. A container in the network could connect too, but some listeners answer only the Docker host and the anchor.
 */
export class Dialer {
    private readonly direct = new http.Agent({ keepAlive: false });
    private readonly reachable = new Set<string>();
    private relay: Promise<string> | undefined;

    constructor(
        private readonly engine: Engine,
        private readonly anchorId: string,
        /** Tools that connect from inside the anchor, the best first. */
        private readonly relays: string[] = Object.keys(relayCommands),
    ) {}

    /** @returns an agent for requests to this address and port */
    async agentFor(address: string, port: number): Promise<http.Agent> {
        if (await this.reaches(address, port)) {
            return this.direct;
        }
        return new RelayAgent(() => this.dialByExec(address, port));
    }

    /**
     * Opens a connection to this address and port. By a Docker exec, it is only seen later whether the address takes it.
     * @param signal ends the attempt
     */
    async dial(address: string, port: number, signal: AbortSignal): Promise<Duplex> {
        if (!(await this.reaches(address, port))) {
            return this.dialByExec(address, port);
        }
        const socket = connect({ host: address, port, signal });
        await once(socket, "connect");
        return socket;
    }

    private async reaches(address: string, port: number): Promise<boolean> {
        if (this.reachable.has(address)) {
            return true;
        }
        // Private addresses repeat: without the subnet test, a machine of another network could answer.
        if (!this.engine.isLocal || !isBehindThisMachine(address) || !(await answers(address, port))) {
            return false;
        }
        this.reachable.add(address);
        return true;
    }

    private async dialByExec(address: string, port: number): Promise<Duplex> {
        this.relay ??= this.findRelay();
        this.relay.catch(() => {
            this.relay = undefined;
        });
        const argv = relayCommands[await this.relay]?.(address, port) ?? [];
        // As root, because the image's user may lack the rights. The relay only connects.
        return execStream(this.engine, this.anchorId, argv, { user: "0" });
    }

    private async findRelay(): Promise<string> {
        const names = this.relays;
        const script = `for name in ${names.join(" ")}; do command -v $name >/dev/null 2>&1 && echo $name && exit; done; exit 1`;
        const { stdout, exitCode } = await exec(this.engine, this.anchorId, ["sh", "-c", script], { user: "0" });
        if (exitCode !== 0) {
            throw new Error(
                `The front's image has none of ${names.join(", ")}, and its network is not reachable from here.`,
            );
        }
        return stdout.trim();
    }
}

/** An HTTP request into the front's network. */
export interface DialRequest {
    address: string;
    port: number;
    /** @default GET */
    method?: string;
    /** Path and query. */
    path: string;
    /** `Host` too. @default those that the client adds */
    headers?: Record<string, string>;
    /** `h2c` is HTTP/2 without TLS. @default HTTP/1.1 */
    protocol?: "h2c";
    /** How long it may take from the first byte sent to the last byte read, milliseconds. */
    timeoutMs: number;
}

/** An answer of any status. */
export interface DialResponse {
    status: number;
    /** Name in lower case -> value. Values of a repeated header are joined with ", ". */
    headers: Record<string, string>;
    /** The first 4 kB. */
    body: string;
}

/**
 * Makes one HTTP request into the front's network. It follows no redirect and uses no proxy.
 * @returns the answer, whatever its status
 * @throws Error that says why no whole answer came within `timeoutMs`
 */
export async function request(dialer: Dialer, wanted: DialRequest): Promise<DialResponse> {
    const { address, port, method = "GET", path, timeoutMs } = wanted;
    const signal = AbortSignal.timeout(timeoutMs);
    const what = `${method} http://${address}:${port}${path}`;
    try {
        if (wanted.protocol === "h2c") {
            const answer = await requestH2c(await dialer.dial(address, port, signal), wanted, signal);
            return { status: answer.status, headers: flatten(answer.headers), body: await firstBytes(answer.body) };
        }
        const response = await requestHttp1(dialer, wanted, signal);
        return {
            status: response.status,
            headers: flatten(response.headers),
            body: await firstBytes(response.data),
        };
    } catch (error) {
        const why = signal.aborted ? `no whole answer within ${timeoutMs} ms` : (error as Error).message;
        // Without a cause: an error of axios contains the request's headers, which can be secret.
        throw new Error(`${what}: ${why}`);
    }
}

async function requestHttp1(
    dialer: Dialer,
    { address, port, method = "GET", path, headers }: DialRequest,
    signal: AbortSignal,
) {
    return axios.request<Duplex>({
        url: `http://${address}:${port}${path}`,
        method,
        headers: { "User-Agent": "relink", Accept: "*/*", "Accept-Encoding": "identity", ...headers },
        httpAgent: await dialer.agentFor(address, port),
        proxy: false,
        maxRedirects: 0,
        decompress: false,
        responseType: "stream",
        validateStatus: () => true,
        signal,
    });
}

async function firstBytes(stream: Duplex): Promise<string> {
    const chunks: Buffer[] = [];
    let length = 0;
    // Leaving the loop early destroys the stream and with it the connection.
    for await (const chunk of stream) {
        chunks.push(chunk as Buffer);
        length += (chunk as Buffer).length;
        if (length >= maxBodyBytes) {
            break;
        }
    }
    return Buffer.concat(chunks).subarray(0, maxBodyBytes).toString("utf8");
}

function flatten(headers: object): Record<string, string> {
    const entries = Object.entries(headers as Record<string, string | string[]>);
    return Object.fromEntries(
        entries.map(([name, value]) => [name.toLowerCase(), ([] as string[]).concat(value).join(", ")]),
    );
}

/** Makes each request's connection by a command in a container. */
class RelayAgent extends http.Agent {
    constructor(private readonly dial: () => Promise<Duplex>) {
        super({ keepAlive: false });
    }

    override createConnection(_options: unknown, callback?: (error: Error | null, stream: Duplex) => void): undefined {
        this.dial().then(
            stream => callback?.(null, stream),
            error => callback?.(error as Error, undefined as unknown as Duplex),
        );
    }
}

/** @returns whether this machine is the gateway of the address's subnet, as the Docker host is */
function isBehindThisMachine(address: string): boolean {
    return Object.values(networkInterfaces())
        .flatMap(addresses => addresses ?? [])
        .some(({ address: own, cidr }) => {
            const subnet = Subnet.parse(cidr ?? "");
            return subnet?.firstHost === own && subnet.contains(address);
        });
}

/** @returns whether the address answers within 500 ms. A refused connection is an answer. */
function answers(host: string, port: number): Promise<boolean> {
    return new Promise(resolve => {
        const socket = connect({ host, port });
        const done = (answer: boolean) => {
            socket.destroy();
            clearTimeout(timer);
            resolve(answer);
        };
        const timer = setTimeout(() => done(false), probeTimeoutMs);
        socket.once("connect", () => done(true));
        socket.once("error", error => done((error as NodeJS.ErrnoException).code === "ECONNREFUSED"));
    });
}
