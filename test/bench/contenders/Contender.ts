/** A tool that releases the sample app, and the proxy that it does that with. */
export interface Contender {
    /** Name and version. */
    name: string;
    /** Where users' requests go. */
    url: string;
    /** Releases an image the way its documents say, and returns when that command has ended. */
    release(image: string): Promise<void>;
    /** Gives its proxy other settings, the way its documents say. */
    reconfigure(): Promise<void>;
    /** Stops its proxy's process and starts it again. */
    restart(): Promise<void>;
    /** Removes everything that it made. */
    remove(): Promise<void>;
}
