import { httpsPortOffset } from "../model/FrontSettings";
import { type Fields, fieldsOf, itemsOf } from "../settings/fields";
import type { Conversion, Variable } from "./Conversion";

/** The front's ports are those that HAProxy's 80 and 443 were published on. */
export function publish(haproxy: Fields, to: Conversion): void {
    const from: Variable = { service: to.haproxy.service, name: "ports", value: "" };
    const published = new Map<number, number>();
    for (const port of itemsOf(haproxy.ports).map(fieldsOf)) {
        const target = Number(port.target);
        const number = Number(port.published ?? target);
        published.set(target, number);
        if (typeof port.host_ip === "string" && port.host_ip !== "0.0.0.0" && target === 80) {
            to.setFront(["address"], port.host_ip, from);
        }
    }
    const http = published.get(80) ?? 80;
    if (http !== 80) {
        to.setFront(["http", "port"], http, from);
    }
    const https = published.get(443);
    if (to.front.https !== undefined && https !== undefined && https !== http + httpsPortOffset) {
        to.setFront(["https", "port"], https, from);
    }
    if (published.has(443) && !published.has(80)) {
        to.note(from, "has no port 80; relink's front has that one too, also where it only redirects");
    }
}
