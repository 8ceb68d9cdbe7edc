/** Headers of the front's own answers, which are a line of text. */
export const plainText = 'content-type "text/plain; charset=utf-8" hdr cache-control no-store';
