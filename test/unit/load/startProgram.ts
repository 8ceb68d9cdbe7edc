import { join } from "node:path";
import { type RunningCommand, startCommand } from "../../support/command";

/** A server in a process of its own. */
export interface Program {
    url: string;
    process: RunningCommand;
}

/** Starts examples/hello/server.js on a free port. @param env the variables of that file */
export function startSampleApp(env: Record<string, string> = {}): Promise<Program> {
    return start(["server.js"], { PORT: "0", ...env }, /listens on port (\d+)/);
}

/** Starts one of the programs of faultyApps.ts on a free port. */
export function startFaultyApp(program: string, env: Record<string, string>): Promise<Program> {
    const onFreePort = program.replace(
        "listen(8080)",
        'listen(0, function () { console.log("port", this.address().port); })',
    );
    return start(["-e", onFreePort], env, /port (\d+)/);
}

async function start(args: string[], env: Record<string, string>, printed: RegExp): Promise<Program> {
    let program: RunningCommand | undefined;
    const port = await new Promise<string>((resolve, reject) => {
        program = startCommand(process.execPath, args, {
            cwd: join(__dirname, "../../../examples/hello"),
            env: { ...process.env, ...env },
            timeoutSeconds: 60,
            onOutput: () => {
                const [, port] = printed.exec(program?.output() ?? "") ?? [];
                if (port !== undefined) {
                    resolve(port);
                }
            },
        });
        program.result.then(({ stdout, stderr }) => reject(new Error(`it ended:\n${stdout}${stderr}`)), reject);
    });
    return { url: `http://127.0.0.1:${port}`, process: program! };
}
