import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { frontPrefixes, frontRows, serviceRows } from "../../../tutum/variables";
import { refused, taken } from "./rows";
import { converted } from "./support";

const takenRows = Object.entries(taken).flatMap(([name, rows]) => rows.map(row => ({ name, row })));
const refusedRows = Object.entries(refused).flatMap(([name, rows]) => rows.map(row => ({ name, row })));

describe("A variable of Tutum's HAProxy", () => {
    it.each(takenRows)("becomes settings: $name, %#", ({ row: [environments, front, web = {}] }) => {
        const stack = converted(environments);
        expect(stack.lines).toEqual([]);
        expect(stack.front).toEqual(front);
        const expected = { health: { tcp: true }, ...web };
        expect(stack.web).toEqual(expected);
    });

    it.each(refusedRows)("is refused where it stands: $name, %#", ({ row: [environments, place, says] }) => {
        const { lines } = converted(environments);
        expect(lines.filter(line => line.startsWith(`${place}: `) && says.test(line))).toHaveLength(1);
        expect(lines).toHaveLength(1);
    });

    it("has a test for each row of the tables", () => {
        const tested = [...Object.keys(taken), ...Object.keys(refused)];
        const all = [...Object.keys(frontRows), ...Object.keys(serviceRows)];
        expect(all.filter(name => !tested.includes(name))).toEqual([]);
        for (const [start] of frontPrefixes.slice(0, -1)) {
            const names = tested.flatMap(name => [name, `${name}DB`, `${name}FILE_80`, `${name}80`]);
            expect(
                names.some(name => start.test(name)),
                String(start),
            ).toBe(true);
        }
    });

    it("has a row in docs/tutum.md, and each row there is a variable", () => {
        const text = readFileSync(join(__dirname, "../../../docs/tutum.md"), "utf8");
        const rows = [...text.matchAll(/^\| (`[A-Z].*?) \|/gm)].flatMap(([, names = ""]) =>
            [...names.matchAll(/`([A-Z_]+)/g)].map(([, name = ""]) => name),
        );
        const all = [...Object.keys(frontRows), ...Object.keys(serviceRows), "CERT_FOLDER", "EXTRA_SSL_CERTS"];
        const families = ["ADDITIONAL_BACKEND_NAME", "ADDITIONAL_BACKEND_FILE_NAME", "ADDITIONAL_SERVICES"];
        const perPort = ["EXTRA_FRONTEND_SETTINGS_PORT", "EXTRA_FRONTEND_SETTINGS_FILE_PORT"];
        const beginnings = ["TUTUM_", "DOCKERCLOUD_", "DOCKER_"];
        const others = [...families, ...perPort, ...beginnings];
        expect([...new Set(rows)].sort()).toEqual([...new Set([...all, ...others])].sort());
    });
});
