/** A tool that releases the sample app, and its proxy. */
export interface Contender {
    /** Name and version. */
    name: string;
    /** URL for users' requests. */
    url: string;
    /** Releases an image as its documents say, and returns when that command has ended. */
    release(image: string): Promise<void>;
    /** Gives its proxy other settings, as its documents say. */
    reconfigure(): Promise<void>;
    /** Stops its proxy's process and starts it again. */
    restart(): Promise<void>;
    /** Removes everything that it made. */
    remove(): Promise<void>;
}
