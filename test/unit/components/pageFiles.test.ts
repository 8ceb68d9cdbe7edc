import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withPageFiles } from "../../../components/pageFiles";
import { configKey } from "../../../settings/ConfigPath";
import { configWith, linesOf, settingsOf } from "../settings/support";

let folder: string;
beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "relink-pages-"));
    writeFileSync(join(folder, "down.html"), "<h1>é</h1>");
    writeFileSync(join(folder, "large.html"), "é".repeat(6001));
    writeFileSync(join(folder, "binary.txt"), "a\0b");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (errorPages: unknown) => withPageFiles(configWith({}, { front: { errorPages } }), folder);

describe("pages of one's own", () => {
    it("are read from the project's folder, and named after their text", () => {
        const { raw, problems } = read({ 503: "down.html", maintenance: join(folder, "down.html") });
        expect(problems).toEqual([]);
        const { errorPages } = settingsOf(raw).front;
        expect(errorPages).toEqual({
            503: { file: expect.stringMatching(/^503-[0-9a-f]{12}\.html$/), text: "<h1>é</h1>" },
            maintenance: { file: expect.stringMatching(/^maintenance-[0-9a-f]{12}\.html$/), text: "<h1>é</h1>" },
        });
        writeFileSync(join(folder, "down.html"), "another");
        expect(settingsOf(read({ 503: "down.html" }).raw).front.errorPages[503]?.file).not.toBe(errorPages[503]?.file);
    });

    it("are not there without any", () => {
        expect(withPageFiles({}, folder)).toEqual({ raw: {}, problems: [] });
        expect(settingsOf(configWith()).front.errorPages).toEqual({});
    });

    it.each(["none.html", "."])("are a problem where %s cannot be read", path => {
        const { problems, raw } = read({ 503: path });
        const lines = [...problems.map(problem => `${configKey(problem.path)}: ${problem.message}`), ...linesOf(raw)];
        expect(lines).toEqual([
            expect.stringMatching(/^relink:front\.errorPages\["503"\]: (cannot be read|is "\.", but)/),
        ]);
    });

    it.each<[object, string]>([
        [
            { 503: "large.html" },
            'relink:front.errorPages["503"]: is a file of 12002 bytes, but must have at most 12000',
        ],
        [{ 503: "binary.txt" }, 'relink:front.errorPages["503"]: is a file that is not text'],
        [{ 503: "down.php" }, 'relink:front.errorPages["503"]: '],
        [{ 200: "down.html" }, 'relink:front.errorPages["200"]: has a name that is not allowed'],
        [{ 503: 7 }, 'relink:front.errorPages["503"]: is 7, but must be the path of a page'],
    ])("are refused: %j", (errorPages, line) => {
        const { raw, problems } = read(errorPages);
        const lines = [...problems.map(problem => `${configKey(problem.path)}: ${problem.message}`), ...linesOf(raw)];
        expect(lines[0]).toContain(line);
    });
});
