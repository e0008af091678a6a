// App Connect's own server with the connectors given: the real framework, as production runs it.
//
// usage: node server.mjs MODULES PORT CONNECTOR...
//
// MODULES is the folder whose node_modules holds @app-connect/core, PORT may be 0, a CONNECTOR is a
// folder with index.js and manifest.json. Settings are the framework's own: DATABASE_URL and
// APP_SERVER_SECRET_KEY. Prints its address, and ends with its standard input.

import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

// Standard output holds the address and nothing else, whatever the framework logs.
process.stdout.write = process.stderr.write.bind(process.stderr);

const [modules, port, ...folders] = process.argv.slice(2);
const require = createRequire(path.join(modules, 'package.json'));
const { connectorRegistry, createCoreApp } = require('@app-connect/core');

const shared = { author: { name: 'Callbench' }, version: '1.0.0', platforms: {} };
for (const folder of folders.map((each) => path.resolve(each))) {
  const manifest = JSON.parse(fs.readFileSync(path.join(folder, 'manifest.json'), 'utf8'));
  const connector = require(path.join(folder, 'index.js'));
  if (manifest.platforms) {
    // Production's whole file: each of its platforms has the manifest under its own name as well.
    for (const name of Object.keys(manifest.platforms)) {
      connectorRegistry.registerConnector(name, connector, manifest);
    }
    Object.assign(shared.platforms, manifest.platforms);
  } else {
    const name = manifest.name ?? path.basename(folder);
    connectorRegistry.registerConnector(name, connector);
    shared.platforms[name] = manifest;
  }
}
connectorRegistry.setDefaultManifest(shared);

const server = createCoreApp().listen(Number(port), '127.0.0.1', () => {
  fs.writeSync(1, `http://127.0.0.1:${server.address().port}\n`);
});
process.stdin.on('end', () => process.exit(0)).resume();
