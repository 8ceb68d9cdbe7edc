import { setCommand } from "../settings/configCommands";
import { type Fields, fieldsOf, isFields, itemsOf } from "../settings/fields";
import type { ComposePath } from "./ComposeError";
import type { Mapping } from "./Mapping";
import type { Named } from "./Project";
import { flag } from "./units";

/** Maps named volumes and host folders. The stack config has to say of a writable one that both colors may share it. */
export function mapVolumes(to: Mapping): void {
    const { project, own } = to.context;
    const ownVolumes = itemsOf(own.volumes);
    const ownTargets = new Set(ownVolumes.map(targetOf));
    let next = ownVolumes.length;
    for (const [index, mount] of (itemsOf(to.source.volumes) as Fields[]).entries()) {
        const from = ["volumes", index];
        const { type, source, target } = mount;
        if (ownTargets.has(String(target))) {
            continue;
        }
        const volume = type === "volume" ? project.volumes[String(source)] : undefined;
        const refusal = whyNot(mount, volume);
        if (refusal !== undefined) {
            to.refuse(from, refusal);
            continue;
        }
        const readOnly = flag(mount.read_only) === true;
        const value = { source: volume?.name ?? source, target, readOnly };
        if (!readOnly) {
            refuseWritable(to, from, value, next);
            next += 1;
        }
        refuseOptions(to, from, mount);
        to.mapped.push({ key: ["volumes"], value: { ...value, shared: !readOnly }, from });
    }
}

/** @returns why relink cannot mount this; undefined where it can */
function whyNot({ type, source }: Fields, volume: Named | undefined): string | undefined {
    if (type !== "bind" && type !== "volume") {
        return `is of type ${String(type)}: relink mounts volumes and host folders`;
    }
    if (source === undefined || source === "") {
        return "is a volume without a name, which every release would get anew: give it one";
    }
    if (type === "volume" && volume === undefined) {
        return `names the volume ${String(source)}, which is not among the volumes of the file`;
    }
    if (volume?.isCustom && !volume.external) {
        return (
            `needs the volume ${volume.name} with a driver or options of its own, which relink does not create: ` +
            `create it once, then set external: true and name: ${volume.name}`
        );
    }
    return undefined;
}

/** @param index where the fix puts the volume in the stack config */
function refuseWritable(to: Mapping, from: ComposePath, value: Fields, index: number): void {
    const at = ["services", to.context.name, "volumes", index];
    to.refuse(
        from,
        "can be written by both colors at once, since both run during a release: mount it read-only, or set shared: true " +
            "in the stack config, if the application can live with that",
        {
            fix: [
                ...["source", "target"].map(key => setCommand([...at, key], String(value[key]))),
                setCommand([...at, "shared"], "true"),
            ].join(" && "),
        },
    );
}

function refuseOptions(to: Mapping, from: ComposePath, mount: Fields): void {
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
