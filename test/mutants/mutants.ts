import { docker } from "./docker";
import { found } from "./found";
import { front } from "./front";
import { haproxy } from "./haproxy";
import type { Mutant } from "./Mutant";
import { order } from "./order";
import { providers } from "./providers";
import { release } from "./release";

/** All of them. */
export const mutants: readonly Mutant[] = [
    ...haproxy,
    ...docker,
    ...release,
    ...providers,
    ...front,
    ...order,
    ...found,
];
