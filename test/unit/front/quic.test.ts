import { describe, expect, it } from "vitest";
import { fixedLabels, publishedPorts } from "../../../front/published";
import { saysQuic } from "../../../front/quic";
import type { FrontSettings } from "../../../model/FrontSettings";
import { configWith, settingsOf } from "../settings/support";

function frontWith(https?: object): FrontSettings {
    const front = https === undefined ? {} : { https: { selfSigned: true, ...https } };
    return settingsOf(configWith({}, { front })).front;
}

describe("HTTP/3", () => {
    it.each([
        ["+PROMEX -PTHREAD_EMULATION +QUIC +QUIC_OPENSSL_COMPAT +RT", true],
        ["+PROMEX +QUIC", true],
        ["+PROMEX -QUIC -QUIC_OPENSSL_COMPAT +RT", false],
        ["+PROMEX -QUIC +QUIC_OPENSSL_COMPAT +RT", false],
    ])("is what HAProxy with the features %s can speak: %s", (features, isSpoken) => {
        expect(saysQuic(`HAProxy version 3.2.26\nFeature list : -51DEGREES ${features}\nDefault settings :\n`)).toBe(
            isSpoken,
        );
    });

    it("has a UDP port from the front's creation, and only then", () => {
        const udp = (front: FrontSettings) => publishedPorts(front).filter(({ protocol }) => protocol === "udp");
        expect(udp(frontWith({ http3: true }))).toMatchObject([{ internal: 8443, external: 443 }]);
        expect(fixedLabels(frontWith({ http3: true }))).toMatchObject({ "relink.front.http3": "published" });
        for (const https of [undefined, {}, { http3: false }]) {
            expect(udp(frontWith(https))).toEqual([]);
            expect(Object.keys(fixedLabels(frontWith(https)))).not.toContain("relink.front.http3");
        }
    });
});
