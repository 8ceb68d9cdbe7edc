/** Who may ask a service through the public listener. Each key that is not set lets everybody in. */
export interface ServiceAccess {
    /** Names of the users of `relink:users` that have to give their password. @default undefined (no password) */
    basic?: string[];
    /** Addresses and networks (CIDR, IPv4 or IPv6) of the clients that may ask. @default undefined (all) */
    allow?: string[];
    /** The front answers in the service's place. @default undefined (no) */
    maintenance?: true;
}
