// Runs in the reader's browser. Draws the charts of the report in this page with uPlot.
const { uPlot } = globalThis;
const report = JSON.parse(document.getElementById("report").textContent);
const dark = matchMedia("(prefers-color-scheme: dark)");
let drawn = [];

/** @returns a color of the page's style sheet */
function tone(name) {
    return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** Draws each mark at its time, with its number in the list. The number of a step is left out where it would cover another. */
function drawMarks(plot, { service }, marks) {
    const { ctx, bbox } = plot;
    const pixels = devicePixelRatio;
    ctx.save();
    ctx.font = `${11 * pixels}px system-ui, sans-serif`;
    ctx.textAlign = "left";
    ctx.textBaseline = "top";
    let free = Number.NEGATIVE_INFINITY;
    marks.forEach(({ second, subject, kind }, index) => {
        const x = plot.valToPos(second, "x", true);
        const isOthers = !subject.startsWith("front") && !new RegExp(`^${service}(?:-blue|-green| |$)`).test(subject);
        if (isOthers || x < bbox.left || x > bbox.left + bbox.width) {
            return;
        }
        ctx.strokeStyle = ctx.fillStyle = tone(kind === "error" ? "bad" : kind);
        ctx.lineWidth = (kind === "step" ? 1 : 2) * pixels;
        ctx.setLineDash(kind === "step" ? [3 * pixels, 3 * pixels] : []);
        ctx.beginPath();
        ctx.moveTo(x, bbox.top);
        ctx.lineTo(x, bbox.top + bbox.height);
        ctx.stroke();
        const label = String(index + 1);
        const width = ctx.measureText(label).width;
        if (x + 3 * pixels >= free || kind !== "step") {
            ctx.fillText(label, x + 3 * pixels, bbox.top - 14 * pixels);
            free = x + width + 6 * pixels;
        }
    });
    ctx.restore();
}

function short(value) {
    return value >= 10_000 ? `${value / 1000}k` : String(value);
}

/** @returns where the time of all charts of a section ends, seconds. Charts below each other then have the same scale. */
function endOf({ charts, marks }) {
    const moments = [...charts.map(({ seconds }) => seconds.at(-1) ?? 0), ...marks.map(({ second }) => second)];
    return Math.max(1, ...moments);
}

function draw(chart, marks, end, place) {
    const axis = { stroke: tone("quiet"), grid: { stroke: tone("grid"), width: 1 }, ticks: { show: false } };
    const value = (_plot, found) =>
        found == null
            ? "-"
            : `${found >= 100 ? Math.round(found).toLocaleString("en-US") : found.toFixed(1)} ${chart.unit}`;
    const options = {
        width: place.clientWidth,
        height: place.clientWidth < 500 ? 190 : 240,
        padding: [18, 8, 0, 0],
        cursor: { y: false, drag: { x: true, y: false } },
        scales: {
            x: { time: false, range: [0, end] },
            y: chart.logarithmic ? { distr: 3 } : { range: (_plot, _low, high) => [0, Math.max(1, high * 1.1)] },
        },
        axes: [
            { ...axis, size: 32, values: (_plot, splits) => splits.map(split => `${split} s`) },
            { ...axis, size: 52, values: (_plot, splits) => splits.map(split => (split == null ? "" : short(split))) },
        ],
        series: [
            { label: "at", value: (_plot, second) => (second == null ? "-" : `${second} s`) },
            ...chart.lines.map(line => ({
                label: line.label,
                stroke: tone(line.tone),
                fill: chart.logarithmic ? undefined : `${tone(line.tone)}22`,
                width: 2,
                points: { show: false },
                spanGaps: false,
                value,
            })),
        ],
        hooks: { draw: [plot => drawMarks(plot, chart, marks)] },
    };
    return new uPlot(options, [chart.seconds, ...chart.lines.map(line => line.values)], place);
}

function drawAll() {
    for (const plot of drawn) {
        plot.destroy();
    }
    drawn = report.sections.flatMap((section, index) => {
        const places = document.querySelectorAll(`#section-${index} .chart`);
        return section.charts.map((chart, number) => draw(chart, section.marks, endOf(section), places[number]));
    });
}

drawAll();
dark.addEventListener("change", drawAll);
let width = innerWidth;
addEventListener("resize", () => {
    if (innerWidth !== width) {
        width = innerWidth;
        drawAll();
    }
});
