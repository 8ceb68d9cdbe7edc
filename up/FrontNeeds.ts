import type { ManagedCertificate } from "../model/FrontSettings";
import type { ServiceAccess } from "../model/ServiceAccess";

/** What the front must have before a route of a service opens. */
export interface FrontNeeds {
    /** Who may ask the service. @default everybody */
    access?: ServiceAccess;
    /** The certificates that relink gets itself, with those of their hosts that are the service's. @default none */
    certificates?: Pick<ManagedCertificate, "name" | "hosts">[];
}
