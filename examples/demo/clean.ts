import { existsSync, readFileSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { DemoStack } from "./DemoStack";
import { Interrupt } from "./Interrupt";
import type { Terminal } from "./Terminal";

const reports = ["report.json", "report.html"].map(name => resolve(__dirname, "../../.relink", name));
const enginePidFile = "/run/relink/docker.pid";

/** Removes what the demo made: containers, network, volumes, state, config file and report. It may run again. */
export async function clean(terminal: Terminal, args: string[]): Promise<void> {
    const asked = args.filter(arg => arg !== "--");
    const stacks = asked.length > 0 ? asked.map(DemoStack.named) : await DemoStack.all();
    for (const stack of stacks) {
        await remove(terminal, stack);
    }
    for (const report of reports) {
        rmSync(report, { force: true });
    }
    if (stacks.length === 0) {
        terminal.line("Nothing of a demo of this folder is here.");
        const other = DemoStack.named("demo");
        if (await other.docker.has(other.name)) {
            terminal.line(
                "This Docker Engine has a demo of another folder. Clean it up there, or, if that folder is gone, here:",
            );
            terminal.raw("    npm run demo:clean -- demo");
        }
    }
    terminal.line("The images relink-hello and haproxy stay, for the tests and the next demo.");
    if (existsSync(enginePidFile) && readFileSync(enginePidFile, "utf8").trim() !== "") {
        terminal.line("The Docker Engine that the set-up started goes on running. To stop it:");
        terminal.raw("    npm run docker:stop");
    }
}

async function remove(terminal: Terminal, stack: DemoStack): Promise<void> {
    const interrupt = new Interrupt(terminal, stack.pulumi);
    await stack.unlock(terminal);
    if (existsSync(stack.file)) {
        terminal.command(`pulumi destroy --yes --stack ${stack.name}`);
        const { code, output } = await stack.pulumi.run(
            ["destroy", "--yes", "--skip-preview", "--suppress-progress", "--stack", stack.name],
            line => {
                const [, type, name] = /^ -\s+(\S+) (\S+) +deleted/.exec(line) ?? [];
                if (type !== undefined) {
                    terminal.line(`${name} (${type.split(":").at(-1)}) deleted`, "   ");
                }
            },
        );
        interrupt.check();
        if (code !== 0) {
            terminal.raw(output);
            terminal.line("pulumi destroy failed: what is left is removed by its labels.");
        }
    }
    for (const what of await stack.docker.sweep(stack.name)) {
        terminal.line(`${what} removed`, "   ");
    }
    await stack.forget();
    terminal.line(`The stack "${stack.name}" is gone.`);
}
