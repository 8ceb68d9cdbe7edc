// The states of users say `require("./settings/loadTypeScript")`: this path stays (components/dynamic.ts).
require("../startup/loadTypeScript");
