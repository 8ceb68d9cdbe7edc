import { once } from "node:events";
import * as net from "node:net";

/** @returns whether nothing listens on this port of 127.0.0.1 */
export async function isFreePort(port: number): Promise<boolean> {
    const server = net.createServer();
    try {
        server.listen(port, "127.0.0.1");
        await once(server, "listening");
        server.close();
        await once(server, "close");
        return true;
    } catch {
        return false;
    }
}
