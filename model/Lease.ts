/** A lease on a front, as every `up` can read it. */
export interface LeaseFile {
    /** When the lease ends unless its holder renews it, by the Docker host's clock. */
    expires: Date;
    holder: {
        /** `user@host, stack project/stack, process 123`. */
        readonly words: string;
        /** Whether its process has certainly ended. */
        isDead(): boolean;
    };
}
