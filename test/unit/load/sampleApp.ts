import { join } from "node:path";
import { type RunningCommand, startCommand } from "../../support/command";

/** The sample app as a process of this machine. */
export interface SampleApp {
    url: string;
    process: RunningCommand;
}

/** Starts examples/hello/server.js on a free port. @param env see there */
export async function startSampleApp(env: Record<string, string> = {}): Promise<SampleApp> {
    const cwd = join(__dirname, "../../../examples/hello");
    let app: RunningCommand | undefined;
    const port = await new Promise<string>((resolve, reject) => {
        app = startCommand(process.execPath, ["server.js"], {
            cwd,
            env: { ...process.env, PORT: "0", ...env },
            timeoutSeconds: 60,
            onOutput: () => {
                const [, port] = /listens on port (\d+)/.exec(app?.output() ?? "") ?? [];
                if (port !== undefined) {
                    resolve(port);
                }
            },
        });
        app.result.then(({ stdout, stderr }) => reject(new Error(`the sample app ended:\n${stdout}${stderr}`)), reject);
    });
    return { url: `http://127.0.0.1:${port}`, process: app! };
}
