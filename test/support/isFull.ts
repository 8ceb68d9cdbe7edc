/** Whether this is `npm run test:full`: it runs what takes too long for every `npm test`. */
export const isFull = process.env.RELINK_FULL === "1";
