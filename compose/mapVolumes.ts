import { setCommand } from "../settings/configCommands";
import { type Fields, fieldsOf, isFields } from "../settings/fields";
import type { Mapping } from "./Mapping";
import { flag } from "./units";
import { listOf } from "./values";

/** Named volumes and host folders. One that can be written has to be said to be shared by both colors. */
export function mapVolumes(to: Mapping): void {
    const { project, own } = to.context;
    const ownVolumes = listOf(own.volumes);
    const ownTargets = new Set(ownVolumes.map(targetOf));
    const mounts = listOf(to.source.volumes) as Fields[];
    let next = ownVolumes.length;
    for (const [index, mount] of mounts.entries()) {
        const from = ["volumes", index];
        const { type, source, target, read_only: readOnly } = mount;
        if (ownTargets.has(String(target))) {
            continue;
        }
        const volume = type === "volume" ? project.volumes[String(source)] : undefined;
        if (type !== "bind" && type !== "volume") {
            to.refuse(from, `is of type ${String(type)}: relink mounts volumes and host folders`);
        } else if (source === undefined || source === "") {
            to.refuse(from, "is a volume without a name, which every release would get anew: give it one");
        } else if (type === "volume" && volume === undefined) {
            to.refuse(from, `names the volume ${String(source)}, which is not among the volumes of the file`);
        } else if (volume?.isCustom && !volume.external) {
            to.refuse(
                from,
                `needs the volume ${volume.name} with a driver or options of its own, which relink does not create: ` +
                    `create it once and say external: true and name: ${volume.name} of it`,
            );
        } else {
            const isReadOnly = flag(readOnly) === true;
            const value = { source: volume?.name ?? source, target, readOnly: isReadOnly };
            if (!isReadOnly) {
                refuseWritable(to, from, value, next);
                next += 1;
            }
            refuseOptions(to, from, mount);
            to.mapped.push({ key: ["volumes"], value: { ...value, shared: !isReadOnly }, from });
        }
    }
}

function refuseWritable(to: Mapping, from: (string | number)[], value: Fields, index: number): void {
    const at = ["services", to.context.name, "volumes", index];
    to.refuse(
        from,
        "can be written by both colors at once, since both run during a release: mount it read-only, or say in the " +
            "stack config that it is shared, if the application can live with that",
        {
            fix: [
                ...["source", "target"].map(key => setCommand([...at, key], String(value[key]))),
                setCommand([...at, "shared"], "true"),
            ].join(" && "),
        },
    );
}

function refuseOptions(to: Mapping, from: (string | number)[], mount: Fields): void {
    const options = { ...fieldsOf(mount.bind), ...fieldsOf(mount.volume) };
    for (const [key, value] of Object.entries(options)) {
        if (!["create_host_path", "labels"].includes(key) && value !== false && value !== "" && !key.startsWith("x-")) {
            to.refuse(from, `has the option ${key}, which relink does not set`);
        }
    }
}

function targetOf(volume: unknown): string {
    return isFields(volume) ? String(volume.target) : (String(volume).split(":")[1] ?? "");
}

/** Secrets from files and variables become secrets of the service, unless the stack config has them. */
export function mapSecrets(to: Mapping): void {
    const { project, own, name, heldSecrets, readSecret } = to.context;
    for (const [index, { source, target }] of (listOf(to.source.secrets) as Fields[]).entries()) {
        const secret = String(source);
        const from = ["secrets", index];
        if (listOf(own.secrets).includes(secret)) {
            continue;
        }
        if (target !== undefined && target !== secret && target !== `/run/secrets/${secret}`) {
            to.refuse(from, `is to be at ${String(target)}: a secret NAME is always the file /run/secrets/NAME`);
            continue;
        }
        const key = `${name}.${secret}`;
        if (!heldSecrets.includes(key)) {
            const definition = project.secrets[secret];
            const value = definition && readSecret(definition);
            if (value === undefined) {
                to.refuse(from, `asks for the secret ${secret}, ${whyMissing(definition)}`, {
                    fix: setCommand(["secrets", key], "VALUE"),
                });
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
        return "which Docker Swarm holds: nobody can read it there";
    }
    return file === undefined
        ? `but the variable ${String(environment)} is not set`
        : `but ${String(file)} cannot be read as text`;
}
