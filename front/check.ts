import { withoutControls } from "../text/withoutControls";
import { settingOfLine } from "./settingOfLine";

/** A problem that HAProxy found in its configuration. */
export interface ConfigProblem {
    /** File inside the folder, `conf/20-web-blue.cfg`; undefined where HAProxy names none. */
    file?: string;
    /** Line in that file, from 1. */
    line?: number;
    /** The setting that writes the line, or an object of settings: `front.haproxy.global[0]`. Undefined for one of relink's own. */
    setting?: string;
    /** The text of that line, without the hash of a password. */
    text?: string;
    /** HAProxy's own words. */
    message: string;
}

/** `haproxy -c` refused a new configuration. The configuration in force is as it was. */
export class ConfigRejected extends Error {
    constructor(readonly problems: ConfigProblem[]) {
        super(`HAProxy refuses the configuration; the one in force stays.\n${sentencesOf(problems)}`);
    }
}

/** @returns a line for each problem, with its setting or its place */
export function sentencesOf(problems: readonly ConfigProblem[]): string {
    return problems.map(sentence).join("\n");
}

/** Reads the output of `haproxy -c`: its alerts, with the text of the lines that they name. */
export function parseCheck(output: string, files: ReadonlyMap<string, string>): ConfigProblem[] {
    const problems: ConfigProblem[] = [];
    const said = withoutControls(output);
    for (const line of said.split("\n")) {
        const message = /^\[ALERT\]\s+\(\d+\)\s*:\s*(?:config\s*:\s*)?(.*)$/.exec(line)?.[1];
        // The last alerts only count those before them.
        if (message === undefined || /^(?:Error\(s\) found|Fatal errors found)/.test(message)) {
            continue;
        }
        const place = /\[[^\]]*?(conf\/[^\]:]+):(\d+)\]\s*:\s*/.exec(message);
        if (place === null) {
            problems.push({ message });
            continue;
        }
        const [whole, file, number] = place;
        const lines = files.get(file!)?.split("\n") ?? [];
        problems.push({
            file,
            line: Number(number),
            setting: settingOfLine(lines, Number(number)),
            text: withoutHash(lines[Number(number) - 1]?.trim()),
            message: withoutHash(message.slice(place.index + whole.length)),
        });
    }
    return problems.length > 0 ? problems : [{ message: said.trim() || "haproxy -c failed and said nothing" }];
}

/** HAProxy's own words may repeat the line. */
function withoutHash<Text extends string | undefined>(text: Text): Text {
    return text?.replace(/\$[56]\$[^\s']+|(dynamic-cookie-key )\S+/g, "$1[hidden]") as Text;
}

function sentence({ file, line, setting, text, message }: ConfigProblem): string {
    if (setting !== undefined) {
        return `  relink:${setting} (${text}): ${message}`;
    }
    return file === undefined ? `  ${message}` : `  ${file} line ${line} (${text}): ${message}`;
}
