import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectSuccess } from "../support/command";
import { findFreePorts } from "../support/freePorts";
import { isFull } from "../support/isFull";
import type { LoadRun } from "../support/load";
import { Prometheus, type Series } from "../support/Prometheus";
import { underLoad, webStack, withoutWebSockets } from "../support/scenario";
import { createStack, type TestStack } from "../support/stack";

interface Panel {
    title: string;
    targets: { expr: string; legendFormat: string }[];
}

const dashboard = resolve(__dirname, "../../examples/monitoring/dashboard.json");
const { panels } = JSON.parse(readFileSync(dashboard, "utf8")) as { panels: Panel[] };

/** @returns an expression as Grafana sends it, with all services chosen */
function sent(expression: string): string {
    return expression.replaceAll("$__rate_interval", "4s").replaceAll("$service", ".+");
}

/** @returns the legend of a series, as Grafana shows it */
function legend(format: string, { metric }: Series): string {
    return format.replaceAll(/\{\{(\w+)\}\}/g, (_, label: string) => metric[label] ?? "");
}

describe.skipIf(!isFull)("The Grafana dashboard, against a real Prometheus, during a release", () => {
    let stack: TestStack;
    let prometheus: Prometheus;
    let begun = 0;

    beforeAll(async () => {
        stack = await createStack({ config: webStack({ bakeTime: "5s", failover: true }) });
        expectSuccess(await stack.up());
        const { http } = await findFreePorts();
        prometheus = await Prometheus.start(http, stack.ports.metrics);
        begun = Date.now();
        stack.setConfig("services.web.image", "relink-hello:v2");
        const release = async (load: LoadRun) => {
            expectSuccess(await stack.up());
            await load.until(({ byVersion }) => (byVersion.v2?.requests ?? 0) >= 1000, "v2 answers");
            await prometheus.series('rate(haproxy_backend_http_requests_total{color="blue"}[4s]) == 0', 1);
        };
        // HAProxy counts a WebSocket when it ends, which blue's would do long after the switch.
        await underLoad("release, watched by Prometheus", stack, release, { mix: withoutWebSockets });
    });

    afterAll(async () => {
        await prometheus?.stop();
        await stack?.cleanup();
    });

    const shown = async ({ expr, legendFormat }: Panel["targets"][number]) => {
        const seconds = Math.ceil((Date.now() - begun) / 1000);
        const found = await prometheus.series(sent(expr), seconds);
        return new Map(found.map(series => [legend(legendFormat, series), series.values]));
    };

    it.each(panels.flatMap(({ title, targets }) => targets.map(target => ({ title, ...target }))))(
        "shows in $title: $legendFormat",
        async target => {
            const byLegend = await shown(target);
            const colored = target.legendFormat.includes("{{color}}");
            const names = [...byLegend.keys()].map(name => name.split(" ").slice(0, 2).join(" "));
            expect(names).toEqual(colored ? ["web blue", "web green"] : expect.not.arrayContaining([""]));
        },
    );

    it("says of a service with failover that its live color answers", async () => {
        const { targets } = panels.find(({ title }) => title === "Failover")!;
        const byService = await shown(targets[0]!);
        expect([...byService.keys()]).toEqual(["web"]);
        expect(new Set(byService.get("web"))).toEqual(new Set([0]));
    });

    it("has requests pass from blue to green, and no error", async () => {
        const [requests, errors] = panels;
        const byColor = await shown(requests!.targets[0]!);
        expect(Math.max(...byColor.get("web blue")!)).toBeGreaterThan(0);
        expect(byColor.get("web blue")!.at(-1)).toBe(0);
        expect(Math.max(...byColor.get("web green")!)).toBeGreaterThan(0);
        for (const values of (await shown(errors!.targets[0]!)).values()) {
            expect(Math.max(...values)).toBe(0);
        }
    });
});
