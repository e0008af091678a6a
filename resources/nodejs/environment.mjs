// The environment that a connector reads: the process's own, else the project's .env file; the
// configuration of the connection wins over both.

import fs from 'node:fs';
import path from 'node:path';

const KEY = /^[ \t]*(?:export[ \t]+)?([\w.-]+)(?:[ \t]*=|:[ \t])[ \t]*/;
const QUOTED = [/"((?:\\"|[^"])*)"/, /'((?:\\'|[^'])*)'/, /`((?:\\`|[^`])*)`/];
const PLAIN = /([^#\n]*)/;
const END = /[ \t]*(?:#.*)?$/;
const LINE = new RegExp(
  `${KEY.source}(?:(?:${QUOTED.map((each) => each.source).join('|')})${END.source}|${PLAIN.source})`,
  'gm',
);

/**
 * Read KEY=VALUE lines as dotenv does, which production uses: quotes, comments, `export`; a quoted
 * value may go over several lines, and in double quotes \n and \r alone are escapes.
 */
export function parseEnvironment(text) {
  const found = {};
  const lines = text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n');
  for (const [, key, double, single, back, plain] of lines.matchAll(LINE)) {
    const escaped = double?.replaceAll('\\n', '\n').replaceAll('\\r', '\r');
    found[key] = escaped ?? single ?? back ?? plain.trim();
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
