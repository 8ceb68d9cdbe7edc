/** A tool that releases the sample app, and its proxy. */
export interface Contender {
    /** Name and version. */
    name: string;
    /** URL for users' requests. Over TLS where the tool was started with a site. */
    url: string;
    /** Releases an image as its documents say, and returns when that command has ended. */
    release(image: string): Promise<void>;
    /** Gives its proxy other settings, as its documents say. */
    reconfigure(): Promise<void>;
    /** Stops its proxy's process and starts it again. */
    restart(): Promise<void>;
    /** Gives its proxy a new certificate of the site, as its documents say. */
    renew(): Promise<void>;
    /** Changes its proxy's image, as its documents say. */
    changeImage(): Promise<ImageChange>;
    /** Removes everything that it made. */
    remove(): Promise<void>;
}

/** How long a change of the proxy's image took. */
export interface ImageChange {
    /** The whole command. */
    seconds: number;
    /** From the first change of what runs until the new proxy alone takes connections. */
    handOverSeconds: number;
}
