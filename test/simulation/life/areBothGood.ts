import type { Color } from "../../../model/Color";
import { idleColor } from "../../../model/Live";
import type { SimulatedWorld } from "./SimulatedWorld";

/** Whether users had the releases of both colors, and both were judged good. One may then answer in place of the other. */
export function areBothGood({ record }: SimulatedWorld): boolean {
    const { live } = record.link;
    const isGood = (color: Color) => {
        const { proved, linked, judgedBad } = record.releases[record[color].release ?? ""] ?? {};
        return proved === true && linked === true && judgedBad === undefined;
    };
    return live !== "none" && isGood(live) && isGood(idleColor(live));
}
