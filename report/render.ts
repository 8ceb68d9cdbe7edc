import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Figure, Mark, Report, ReportSection } from "./Report";

/** Writes the report as one HTML file, which loads nothing from the network or from other files. */
export function writeReport(path: string, report: Report): void {
    mkdirSync(dirname(path), { recursive: true });
    // A browser that reloads the page meanwhile must not see half of a file.
    writeFileSync(`${path}.new`, renderReport(report));
    renameSync(`${path}.new`, path);
}

/** @returns what a report shows; undefined where the file is missing or is not a report */
export function readReport(path: string): Report | undefined {
    try {
        const [, json] =
            /<script type="application\/json" id="report">(.*?)<\/script>/s.exec(readFileSync(path, "utf8")) ?? [];
        return json === undefined ? undefined : (JSON.parse(json) as Report);
    } catch {
        return undefined;
    }
}

/** @returns the report as an HTML document. It has texts and tables in place; its script draws the charts. */
export function renderReport(report: Report): string {
    const uplot = dirname(require.resolve("uplot/package.json"));
    const text = (...path: string[]) => readFileSync(join(...path), "utf8").trim();
    const libraryLicense = text(uplot, "LICENSE");
    return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${escaped(report.title)}</title>
<style>${text(uplot, "dist", "uPlot.min.css")}</style>
<style>
${text(__dirname, "page.css")}
</style>
</head>
<body>
<header>
<h1>${escaped(report.title)}</h1>
${figures(report.totals)}
<p class="note">${escaped(report.note)} <time datetime="${escaped(report.at)}">${escaped(report.at.replace(/\.\d+Z$/, "Z"))}</time></p>
</header>
<main>
${report.scenarios === undefined ? "" : scenarioTable(report.scenarios)}
${report.sections.map(section).join("\n")}
</main>
<script type="application/json" id="report">${JSON.stringify(report).replaceAll("<", "\\u003c")}</script>
<!-- The charts are drawn by uPlot:
${libraryLicense}
-->
<script>${text(uplot, "dist", "uPlot.iife.min.js")}</script>
<script type="module">
${text(__dirname, "page.mjs")}
</script>
</body>
</html>
`;
}

function section(
    { title, text, sentences, figures: found, charts, marks, failures }: ReportSection,
    index: number,
): string {
    return `<section id="section-${index}">
<h2>${escaped(title)}</h2>
<p>${escaped(text)}</p>
${sentences.map(sentence => `<blockquote>${escaped(sentence)}</blockquote>`).join("\n")}
${figures(found)}
${failures.map(failure => `<pre class="failure">${escaped(failure)}</pre>`).join("\n")}
<div class="charts">
${charts.map(chart => `<figure><figcaption>${escaped(chart.title)}</figcaption><div class="chart"></div></figure>`).join("\n")}
</div>
${markList(marks)}
</section>`;
}

function figures(found: Figure[]): string {
    return found.length === 0
        ? ""
        : `<dl class="figures">${found
              .map(
                  ({ label, value, bad }) =>
                      `<div${bad ? ' class="bad"' : ""}><dt>${escaped(label)}</dt><dd>${escaped(value)}</dd></div>`,
              )
              .join("")}</dl>`;
}

/** The list numbers the marks as the charts do. */
function markList(marks: Mark[]): string {
    return marks.length === 0
        ? ""
        : `<ol class="marks">
${marks
    .map(
        ({ second, subject, text, kind }) =>
            `<li class="${kind}"><span class="when">${second.toFixed(1)} s</span> <b>${escaped(subject)}</b> ${escaped(text)}</li>`,
    )
    .join("\n")}
</ol>`;
}

function scenarioTable(scenarios: NonNullable<Report["scenarios"]>): string {
    const milliseconds = (value: number | null) => (value === null ? "-" : value.toFixed(1));
    const rows = scenarios.map(
        ({ name, requests, failed, p50Ms, p99Ms, switchP99Ms, seconds }) =>
            `<tr><th>${escaped(name)}</th><td>${requests.toLocaleString("en-US")}</td>` +
            `<td${failed > 0 ? ' class="bad"' : ""}>${failed.toLocaleString("en-US")}</td><td>${milliseconds(p50Ms)}</td>` +
            `<td>${milliseconds(p99Ms)}</td><td>${milliseconds(switchP99Ms)}</td><td>${seconds.toFixed(1)}</td></tr>`,
    );
    return `<div class="scroll"><table>
<thead><tr><th>scenario</th><th>requests</th><th>failed</th><th>p50 ms</th><th>p99 ms</th><th>p99 switch</th><th>seconds</th></tr></thead>
<tbody>${rows.join("\n")}</tbody>
</table></div>`;
}

function escaped(text: string): string {
    const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
    return text.replace(/[&<>"]/g, letter => entities[letter]!);
}
