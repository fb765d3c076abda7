// The Firebase Authentication emulator by itself: `node emulator.cjs PROJECT PORT`.
const { createApp } = require("firebase-tools/lib/emulator/auth/server");

createApp(process.argv[2]).then((app) => app.listen(Number(process.argv[3]), "127.0.0.1", () => console.log("ready")));
