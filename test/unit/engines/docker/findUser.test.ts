import { describe, expect, it } from "vitest";
import { findUser } from "../../../../engines/docker/secretFiles";

describe("a container's user", () => {
    it("is found in the text of /etc/passwd", () => {
        const passwd = "root:x:0:0:root:/root:/bin/sh\nhaproxy:x:99:98::/var/lib/haproxy:/bin/sh\nbroken\n";
        expect(findUser(passwd, "haproxy")).toEqual({ uid: 99, gid: 98 });
        expect(findUser(passwd, "hap")).toBeUndefined();
        expect(findUser("", "root")).toBeUndefined();
    });
});
