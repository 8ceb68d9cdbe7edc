/** What the front itself answers with is a line of text. */
export const plainText = 'content-type "text/plain; charset=utf-8" hdr cache-control no-store';
