// Where Pulumi enters (Pulumi.yaml, main). Plain JavaScript, since what loads TypeScript comes before it.
require("./startup/loadTypeScript");
module.exports = require("./index.ts");
