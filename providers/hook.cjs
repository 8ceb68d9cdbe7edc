// The interpreter of a hook's Command: `node providers/hook.cjs WHAT`. Plain JavaScript, since node itself loads it.
require("../startup/loadTypeScript");
require("./hookCommand")
    .main()
    .then(code => process.exit(code));
