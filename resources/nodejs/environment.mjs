// The environment that a connector reads: the process's own, else the project's .env file; the
// configuration of the connection wins over both.

import fs from 'node:fs';
import path from 'node:path';

const LINE = new RegExp(
  [
    /^[ \t]*(?:export[ \t]+)?([\w.-]+)[ \t]*=[ \t]*/,
    /(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^#\n]*?))/,
    /[ \t]*(?:#.*)?$/,
  ]
    .map((part) => part.source)
    .join(''),
  'gm',
);
const ESCAPES = { n: '\n', r: '\r', t: '\t' };

/** Read KEY=VALUE lines: quotes, comments, `export`; a quoted value may go over several lines. */
export function parseEnvironment(text) {
  const found = {};
  for (const [, key, double, single, plain] of text.replace(/\r\n?/g, '\n').matchAll(LINE)) {
    const escaped = double?.replace(/\\(.)/g, (_, letter) => ESCAPES[letter] ?? letter);
    found[key] = escaped ?? single ?? plain.trim();
  }
  return found;
}

/** Put the .env file nearest to the connector, within its project, into the environment; name it. */
export function loadEnvironment(folder, project) {
  for (let at = folder; ; at = path.dirname(at)) {
    const file = path.join(at, '.env');
    if (fs.existsSync(file)) {
      const found = parseEnvironment(fs.readFileSync(file, 'utf8'));
      for (const [key, value] of Object.entries(found)) process.env[key] ??= value;
      return file;
    }
    if (at === project || at === path.dirname(at)) return '';
  }
}

const replaced = new Map();

/** Let the configuration of a connection win; what an earlier one had replaced comes back. */
export function configure(config) {
  for (const [key, value] of replaced) {
    if (value === undefined) delete process.env[key];
    else process.env[key] = value;
  }
  replaced.clear();
  for (const [key, value] of Object.entries(config)) {
    replaced.set(key, process.env[key]);
    process.env[key] = String(value);
  }
}
