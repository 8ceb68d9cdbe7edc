import { expectSuccess } from "../support/command";
import type { StackConfig, TestStack } from "../support/stack";

export const haproxyImage = "haproxy:3.0";
/** Images that take turns where the proxy's image changes. */
export const haproxyImages = [haproxyImage, "haproxy:3.2"] as const;
const images = ["relink-hello:v1", "relink-hello:v2"] as const;

/** `minHealthyTime` and `bakeTime` of the bench's releases. Their defaults are 5 s and 15 s. */
export const minHealthyTimeSeconds = 1;
export const bakeTimeSeconds = 2;
export const checkIntervalMs = 500;

const policy = {
    health: { path: "/healthz", interval: `${checkIntervalMs}ms` },
    minHealthyTime: `${minHealthyTimeSeconds}s`,
    healthyDeadline: "5m",
    drainTimeout: "30s",
    bakeTime: `${bakeTimeSeconds}s`,
    // Without load, relink judges by its own few requests.
    analysis: { minRequests: 1 },
};

/** One service `web`: two containers of the sample app. */
export function benchConfig(web: Record<string, unknown> = {}): StackConfig {
    return {
        front: { image: haproxyImage },
        services: { web: { image: images[0], port: 8080, replicas: 2, ...policy, ...web } },
    };
}

/**
 * @returns settings of an app that costs next to nothing: an HAProxy that answers by itself. For figures in which the sample
 * app would take most of the time
 */
export function lightApp(version: string): Record<string, unknown> {
    const configuration = [
        "global",
        "    maxconn 4000",
        "defaults",
        "    mode http",
        "    timeout client 75s",
        "    timeout connect 5s",
        "    timeout server 5s",
        "frontend app",
        "    bind :8080",
        `    http-request return status 200 content-type text/plain hdr x-version ${version} string ok`,
        "",
    ].join("\n");
    return {
        image: haproxyImage,
        port: 8080,
        command: ["sh", "-c", `echo '${configuration}' > /tmp/app.cfg && exec haproxy -db -f /tmp/app.cfg`],
        ...policy,
    };
}

/** Gives each color of `web` one image and keeps both warm, so that each `up` with the other image is a return. */
export async function warmBoth(stack: TestStack): Promise<void> {
    expectSuccess(await stack.up());
    wish(stack, 1);
    expectSuccess(await stack.up());
}

/** Sets the image that the next `up` releases or returns to. */
export function wish(stack: TestStack, image: number): void {
    stack.setConfig("services.web.image", images[image % images.length]);
}
