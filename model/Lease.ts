/** A lease that somebody holds, as everybody can read it. */
export interface LeaseFile {
    /** When it runs out unless its holder renews it, by the Docker host's clock. */
    expires: Date;
    holder: {
        /** `user@host, stack project/stack, process 123`. */
        readonly words: string;
        /** Whether its process is certainly gone. */
        isDead(): boolean;
    };
}
