/**
 * The demo releases two services under load, goes back, and refuses a broken release: with the real `pulumi up`, Docker
 * Engine and HAProxy. The load accounts for every request. `npm run demo` runs it; `npm run demo:clean` removes it.
 */

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import type { ReportSection } from "../report/Report";
import { writeReport } from "../report/render";
import { clean } from "./demo/clean";
import { DemoStack } from "./demo/DemoStack";
import { grouped } from "./demo/grouped";
import { Interrupt, Interrupted } from "./demo/Interrupt";
import { type Scenario, table } from "./demo/Scenario";
import { Stage } from "./demo/Stage";
import { demoReport } from "./demo/stageReport";
import { requestsWanted, stages } from "./demo/stages";
import { Terminal } from "./demo/Terminal";

const root = resolve(__dirname, "..");
const report = resolve(root, ".relink", "report.json");
const page = resolve(root, ".relink", "report.html");

async function demo(terminal: Terminal): Promise<number> {
    rmSync(report, { force: true });
    rmSync(page, { force: true });
    const stack = await DemoStack.open(terminal);
    const interrupt = new Interrupt(terminal, stack.pulumi);
    terminal.line(`The stack "${stack.name}" (${relative(root, stack.file)}), its front on ${await stack.url()}.`);

    const scenarios: Scenario[] = [];
    const sections: ReportSection[] = [];
    const problems: string[] = [];
    const made = () => scenarios.reduce((sum, { requests }) => sum + requests, 0);
    const scripts = stages(made);
    for (const [index, script] of scripts.entries()) {
        terminal.heading(`${index + 1} of ${scripts.length}: ${script.title}`);
        terminal.line(script.why, "   ");
        const played = await Stage.play(script, { terminal, stack, interrupt });
        problems.push(...played.problems.map(problem => `${script.name}: ${problem}`));
        sections.push(played.section);
        if (played.scenario !== undefined) {
            scenarios.push(played.scenario);
        }
        if (played.isBroken) {
            break;
        }
    }
    if (problems.length === 0 && made() < requestsWanted) {
        problems.push(`only ${grouped(made())} requests were made, at least ${grouped(requestsWanted)} are needed`);
    }

    mkdirSync(dirname(report), { recursive: true });
    writeFileSync(report, `${JSON.stringify({ scenarios }, null, 4)}\n`);
    writeReport(page, demoReport(scenarios, sections, new Date()));
    terminal.heading("result");
    terminal.line();
    terminal.raw(table(scenarios));
    terminal.line();
    terminal.line(
        "p50 and p99: more than 1 s from a switch; p99 switch: from 1 s before to 1 s after it; of the slower service.",
    );
    terminal.line(`The same figures: ${relative(root, report)}. As charts, for a browser: ${relative(root, page)}`);
    for (const problem of problems) {
        terminal.raw(`PROBLEM: ${problem}`);
    }
    const serving = await stack.serving();
    if (serving !== undefined) {
        terminal.line(`${serving} goes on running on ${await stack.url()}; npm run demo:clean removes everything.`);
    }
    return problems.length === 0 ? 0 : 1;
}

async function main([verb, ...args]: string[]): Promise<number> {
    const terminal = new Terminal();
    try {
        if (verb === "clean") {
            await clean(terminal, args);
            return 0;
        }
        return await demo(terminal);
    } catch (error) {
        if (error instanceof Interrupted) {
            terminal.raw("\nStopped. What is released stays as it is, and `npm run demo` goes on from there.");
            terminal.raw("`npm run demo:clean` removes everything.");
            return error.exitCode;
        }
        terminal.raw(`\nrelink: ${(error as Error).message}`);
        if (process.env.RELINK_DEBUG !== undefined) {
            terminal.raw((error as Error).stack ?? "");
        }
        return 1;
    }
}

void main(process.argv.slice(2)).then(code => {
    process.exitCode = code;
});
