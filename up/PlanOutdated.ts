/** The live system is not what the plan was made from. Nothing was changed; the next `up` plans again. */
export class PlanOutdated extends Error {}
