// Production's own engine for proxy configs, with the config beside this folder. Behind a server a
// config comes from the developer portal; here it is handed over, and nothing else is changed.

const fs = require('node:fs');
const path = require('node:path');

const engine = require('@app-connect/core/connector/proxy/index');

const file = path.join(__dirname, '..', 'proxy', 'proxy.json');
const proxyConfig = JSON.parse(fs.readFileSync(file, 'utf8'));
proxyConfig.requestDefaults.baseUrl = process.env.TINYCRM_URL;

for (const [name, operation] of Object.entries(engine)) {
  exports[name] = (given, ...more) => operation({ ...given, proxyConfig }, ...more);
}
exports.getLogFormatType = (platform) => engine.getLogFormatType(platform, proxyConfig);
