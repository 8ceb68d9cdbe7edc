/** Whether this is `npm run test:full`, which also runs the tests that take too long for `npm test`. */
export const isFull = process.env.RELINK_FULL === "1";
