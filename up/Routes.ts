import type { Route } from "../model/Route";

/** The routes in HAProxy: in its file, and in the memory of its workers. */
export interface Routes {
    /**
     * Changes HAProxy's file.
     * @param taken routes that lead to this service from now on
     * @param isGivenUp which of the service's other routes the file no longer has. Where users reach another service by one,
     * because an `up` died before it told HAProxy's memory, the file leads to that service again. Where it gives up one, it also
     * gets those again that stay and that only the memory has: a reload would end them, and the other one may have replaced them
     */
    write(taken: readonly Route[], isGivenUp: (route: Route) => boolean): Promise<void>;

    /**
     * Tells routes to this service to every worker that can lead requests to it. A soft-stopped worker that cannot goes on
     * with the routes that it has.
     */
    tell(taken: readonly Route[]): Promise<void>;

    /**
     * Removes routes to this service from the memory of every worker that leads their requests elsewhere by then.
     * @returns whether there was one
     */
    forget(isGivenUp: (route: Route) => boolean): Promise<boolean>;

    /**
     * @param takers service by place
     * @returns whether every worker that takes new connections leads each place to its service, and so does HAProxy's file
     */
    lead(takers: Readonly<Record<string, string>>): Promise<boolean>;

    /** @returns the routes of another service. */
    of(service: string): Routes;
}
