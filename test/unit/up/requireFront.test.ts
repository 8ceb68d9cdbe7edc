import { describe, expect, it } from "vitest";
import type { RecordedCertificate } from "../../../model/RecordedCertificate";
import type { Route } from "../../../model/Route";
import type { ServiceAccess } from "../../../model/ServiceAccess";
import type { FrontNeeds } from "../../../up/FrontNeeds";
import { requireFront } from "../../../up/requireFront";
import type { Up } from "../../../up/Up";

const routeOf = (host: string, path = "/"): Route => ({ host, path, strip: false });
const access: ServiceAccess = { basic: ["alice"], allow: ["10.0.0.0/8"] };
const needs: FrontNeeds = { certificates: [{ name: "a.example.com", hosts: ["a.example.com"] }] };

function issuedFor(host: string, installed = true): RecordedCertificate {
    const dates = {
        notBefore: "2026-01-01T00:00:00Z",
        notAfter: "2026-04-01T00:00:00Z",
        renewAfter: "2026-03-01T00:00:00Z",
    };
    return { format: 1, name: host, issued: { pem: "", fingerprint: "", hosts: [host], ...dates, installed } };
}

/** The service `web`, with these certificates in the record, and rules in the front. */
function upWith(recorded: RecordedCertificate[], guarded = false): Up {
    const certificates = new Map(recorded.map(certificate => [certificate.name, certificate]));
    return {
        service: "web",
        front: { guards: async () => guarded },
        journal: { certificates: async () => ({ certificates }) },
    } as unknown as Up;
}

const required = (up: Up, held: Route[], needs: FrontNeeds | undefined, opened = [routeOf("a.example.com")]) =>
    requireFront(up, opened, held, needs);

describe("a route that would open", () => {
    it("needs nothing where the service asks for nothing", async () => {
        await expect(required(upWith([]), [], undefined)).resolves.toBeUndefined();
    });

    it("needs the certificate of its host, in HAProxy too", async () => {
        await expect(required(upWith([issuedFor("a.example.com")]), [], needs)).resolves.toBeUndefined();
        const failure = "ca.example.com: connection refused";
        const recorded: [RecordedCertificate[], string][] = [
            [[], "a.example.com: nobody was asked for it. Run pulumi up without --target"],
            [[{ format: 1, name: "a.example.com", failure }], `a.example.com: ${failure}`],
            [[issuedFor("a.example.com", false)], "a.example.com: nobody was asked"],
            [[{ ...issuedFor("b.example.com"), name: "a.example.com" }], "a.example.com: nobody was asked"],
        ];
        for (const [certificates, why] of recorded) {
            await expect(required(upWith(certificates), [], needs)).rejects.toThrow(why);
        }
    });

    it("needs no certificate of another host", async () => {
        await expect(required(upWith([]), [], needs, [routeOf("b.example.com")])).resolves.toBeUndefined();
    });

    it("needs the rules of who may ask the service, and the error names the settings", async () => {
        await expect(required(upWith([], true), [], { access })).resolves.toBeUndefined();
        await expect(required(upWith([]), [], { access })).rejects.toThrow(
            "does not keep relink:services.web.auth.basic and relink:services.web.allow yet",
        );
    });

    it("needs a listener of the front at the port of a TCP service, and no certificate for its host", async () => {
        const opened: Route[] = [{ ...routeOf("a.example.com"), tcpPort: 5432 }];
        const listens = (isListening: boolean): Up => ({
            ...upWith([]),
            front: {
                listens: async (ports: number[]) => isListening && ports.join() === "5432",
            } as unknown as Up["front"],
        });
        await expect(required(listens(true), [], needs, opened)).resolves.toBeUndefined();
        await expect(required(listens(false), [], undefined, opened)).rejects.toThrow(
            "does not listen at port 5432 yet",
        );
        await expect(required(listens(false), opened, undefined, opened)).resolves.toBeUndefined();
    });

    it("is another one than a route that is open already", async () => {
        const open = [routeOf("a.example.com")];
        await expect(required(upWith([]), open, { ...needs, access })).resolves.toBeUndefined();
        const another = [routeOf("a.example.com", "/api")];
        await expect(required(upWith([]), open, { ...needs, access }, another)).rejects.toThrow("web: nothing was");
    });
});
