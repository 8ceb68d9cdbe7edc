import type { Engine } from "../docker/Engine";
import { exec } from "../docker/exec";
import { haproxyUser } from "./watchdog";

/** The anchor's label that says that it publishes the UDP port of HTTP/3. */
export const http3Label = { name: "relink.front.http3", value: "published" } as const;

/** @returns whether HAProxy in a running container speaks QUIC, which HTTP/3 needs */
export async function hasQuic(engine: Engine, container: string): Promise<boolean> {
    const { stdout } = await exec(engine, container, ["haproxy", "-vv"], { user: haproxyUser });
    return saysQuic(stdout);
}

/** @param version what `haproxy -vv` prints */
export function saysQuic(version: string): boolean {
    return /^Feature list :.* \+QUIC(?: |$)/m.test(version);
}

/** @returns why a front whose HAProxy has no QUIC cannot have HTTP/3 */
export function withoutQuic(image: string): string {
    return (
        `relink:front.https.http3: HAProxy of ${image} has no QUIC (haproxy -vv shows no +QUIC), which HTTP/3 needs.\n` +
        "   pulumi config rm --path relink:front.https.http3"
    );
}

/** Why a front that publishes no UDP port cannot have HTTP/3. */
export const withoutUdp =
    "relink:front.https.http3: HTTP/3 needs a UDP port. A front publishes it from its creation, and this one was created " +
    "without it.\n   Without an outage: a stack with a front of another name beside this one (docs/moving.md). With one: pulumi " +
    "destroy, and pulumi up.\n   To do without: pulumi config rm --path relink:front.https.http3";
