import { stringify } from "yaml";
import { quote } from "../settings/configCommands";
import type { ConvertedStack, Located } from "./ConvertedStack";

/**
 * @param file the stack's file, as the user named it
 * @returns the text of Pulumi.STACK.yaml, with the notes and the next commands above it
 */
export function configText({ config, steps, notes }: ConvertedStack, file: string): string {
    const { front, services } = config;
    const named = quote(file);
    const commands = [`pulumi stack init STACK`, ...steps.map(step => step.replace(" FILE ", () => ` ${named} `))];
    const head = [
        `From ${named}, by npm run from-tutum. docs/tutum.md says what became of each variable.`,
        ...(notes.length === 0 ? [] : ["", "What behaves in another way than before:", ...notes.map(spelled)]),
        "",
        "Save it as stacks/Pulumi.STACK.yaml. Then:",
        ...commands.map(command => `    ${command}`),
        "    pulumi up",
    ];
    const relink = {
        ...(Object.keys(front).length > 0 && { "relink:front": front }),
        "relink:services": services,
    };
    return `${head.map(line => `# ${line}`.trimEnd()).join("\n")}\n${stringify({ config: relink }, { lineWidth: 0 })}`;
}

function spelled({ place, message }: Located): string {
    return `- ${place} ${message}`;
}
