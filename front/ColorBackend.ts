import type { Color } from "../model/Color";
import type { Backend } from "../up/Backend";
import type { FrontAccess } from "./FrontAccess";
import { SlotAdmission } from "./SlotAdmission";

/** One color's backend in the HAProxy on the Docker host. */
export class ColorBackend implements Backend {
    constructor(
        private readonly access: FrontAccess,
        private readonly service: string,
        private readonly color: Color,
    ) {}

    admission(slots: readonly number[]): SlotAdmission {
        return new SlotAdmission(this.access, this.service, this.color, slots);
    }
}
