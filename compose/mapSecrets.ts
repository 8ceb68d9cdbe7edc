import { secretsFolder } from "../model/secretsFolder";
import { setCommand } from "../settings/configCommands";
import { type Fields, itemsOf } from "../settings/fields";
import type { Mapping } from "./Mapping";

/** Maps secrets from files and variables to secrets of the service, unless the stack config has them. */
export function mapSecrets(to: Mapping): void {
    const { project, own, name, heldSecrets, readSecret } = to.context;
    for (const [index, { source, target }] of (itemsOf(to.source.secrets) as Fields[]).entries()) {
        const secret = String(source);
        const from = ["secrets", index];
        if (itemsOf(own.secrets).includes(secret)) {
            continue;
        }
        if (target !== undefined && target !== secret && target !== `${secretsFolder}/${secret}`) {
            to.refuse(from, `is to be at ${String(target)}: a secret NAME is always the file ${secretsFolder}/NAME`);
            continue;
        }
        const key = `${name}.${secret}`;
        if (!heldSecrets.includes(key)) {
            const definition = project.secrets[secret];
            const value = definition && readSecret(definition);
            if (value === undefined) {
                const fix = setCommand(["secrets", key], "VALUE");
                to.refuse(from, `asks for the secret ${secret}, ${whyMissing(definition)}`, { fix });
                continue;
            }
            to.secretValues[key] = value;
        }
        to.mapped.push({ key: ["secrets"], value: secret, from });
    }
}

function whyMissing(definition: Fields | undefined): string {
    if (definition === undefined) {
        return "which the file does not define";
    }
    const { file, environment } = definition;
    if (file === undefined && environment === undefined) {
        return "which Docker Swarm holds: relink cannot read it there";
    }
    return file === undefined
        ? `but the variable ${String(environment)} is not set`
        : `but ${String(file)} cannot be read as text`;
}
