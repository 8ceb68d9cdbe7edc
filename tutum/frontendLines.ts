import { setCommand } from "../settings/configCommands";
import type { Conversion, Variable } from "./Conversion";
import { splitLine, splitList } from "./lists";
import { mapFrontendLine } from "./ownLines";
import { httpsRedirectIn } from "./redirect";

/**
 * `EXTRA_FRONTEND_SETTINGS_80` and `_443`. relink's listeners of both ports are one, so a line that only one of them has is
 * taken where there is no other port.
 */
export function mapFrontendLines(to: Conversion): void {
    const { service, variables } = to.haproxy;
    const found = Object.entries(variables).flatMap(([name, value]): { port: string; variable: Variable }[] => {
        const port = /^EXTRA_FRONTEND_SETTINGS_(\d+)$/.exec(name)?.[1];
        return port === undefined || !value ? [] : [{ port, variable: { service, name, value } }];
    });
    const ports = to.front.https === undefined ? ["80"] : ["80", "443"];
    for (const { port, variable } of found) {
        if (port !== "80" && port !== "443") {
            to.refuse(variable, `is for the port ${port}, which relink's front does not have`, "leave it out");
            continue;
        }
        const others = found.filter(other => other.port !== port).flatMap(other => splitList(other.variable.value));
        for (const line of splitList(variable.value)) {
            const isOfBoth = ports.length === 1 || others.includes(line) || httpsRedirectIn(line) !== undefined;
            if (isOfBoth) {
                mapFrontendLine(line, variable, to);
            } else {
                refuseOnePort(line, { port, variable }, to);
            }
        }
    }
}

function refuseOnePort(line: string, { port, variable }: { port: string; variable: Variable }, to: Conversion): void {
    const [word = ""] = splitLine(line);
    const condition = `${port === "443" ? "" : "!"}{ ssl_fc }`;
    const message = `has the line ${word} for one of the two ports, but relink's front has one section for both`;
    const fix = `write it for both, or with a condition: ${setCommand(["front", "haproxy", "frontend", 0], `LINE if ${condition}`)}`;
    to.refuse(variable, message, fix);
}
