// The interpreter of a hook's Command: `node providers/hook.cjs WHAT`. Plain JavaScript, since node itself loads it.
require("ts-node").register({ transpileOnly: true });
require("./hookCommand")
    .main()
    .then(code => process.exit(code));
