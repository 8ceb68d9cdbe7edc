/**
 * `npm run engine -- NAME COMMAND`: runs a command with a Docker Engine of its own (NAME is as in RELINK_TEST_ENGINE),
 * inside that Engine's network, and removes the Engine afterwards. That network is not connected to another one.
 */
import { OwnEngine } from "../OwnEngine";
import { toolchain } from "../toolchain";

async function main([name, ...command]: string[]): Promise<number> {
    const { testEngine, testEngines } = await toolchain("testEngines.mjs");
    if (name === undefined || command.length === 0) {
        console.error(`Usage: npm run engine -- ${Object.keys(testEngines).join("|")} COMMAND`);
        return 1;
    }
    testEngine(name);
    const { foreground } = await toolchain("command.mjs");
    const own = await OwnEngine.createForTests(name);
    try {
        const env = { ...process.env, DOCKER_HOST: own.host };
        return await foreground("nsenter", [`--net=${own.network}`, "--", ...command], { env, cwd: process.cwd() });
    } finally {
        await own.remove();
    }
}

main(process.argv.slice(2)).then(
    code => {
        process.exitCode = code;
    },
    error => {
        console.error(error instanceof Error ? `\nrelink: ${error.message}` : error);
        process.exitCode = 1;
    },
);
