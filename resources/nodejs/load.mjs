// Finds the operations of a connector in its own project, and describes it.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { loadEnvironment } from './environment.mjs';
import { typeScriptLoader } from './typescript.mjs';

const INDEXES = ['index.js', 'index.cjs', 'index.mjs', 'index.ts'];
const SOURCE = /\.(js|cjs|mjs|ts)$/;
const DIGESTED = /\.(js|cjs|mjs|ts|json)$/;
const MAX_DIGESTED_FILES = 500;

/** Operations that production calls with something else than one object. */
const ARGUMENTS = {
  checkAndRefreshAccessToken: (input) => [null, input.user, 20], // (oauthApp, user, lock timeout)
};

/** A connector cannot be loaded; the message is one sentence that says why and what to do. */
export class LoadError extends Error {
  name = 'ConnectorLoadError';
}

/** A loaded connector. */
export class Connector {
  constructor(platform, module, source, project, manifest) {
    Object.assign(this, { platform, module, source, project, manifest });
    this.operations = namesOf(module);
  }

  /** Run an operation as core does: with one object. */
  run(operation, input) {
    const given = ARGUMENTS[operation]?.(input) ?? [input];
    return this.module[operation](...given);
  }

  async describe() {
    const { manifest, operations, platform, source } = this;
    const said = async (operation, otherwise) => {
      if (!operations.includes(operation)) return otherwise;
      const answer = await this.run(operation, {});
      return typeof answer === 'string' ? answer : otherwise;
    };
    return {
      platform: manifest.name || platform,
      displayName: manifest.displayName || platform,
      kind: 'nodejs',
      authType: await said('getAuthType', manifest.auth?.type ?? ''),
      logFormat: await said('getLogFormatType', 'text/plain'),
      operations,
      manifest,
      source,
      digest: digestOf(source),
    };
  }
}

/** Return the connector of a file or folder; `attempt` counts from 1. */
export async function load(given, attempt) {
  const target = fs.realpathSync(path.resolve(given));
  const isFolder = fs.statSync(target).isDirectory();
  const folder = isFolder ? target : path.dirname(target);
  const project = projectAround(folder);
  loadEnvironment(folder, project);
  const index = isFolder ? INDEXES.find((name) => fs.existsSync(path.join(target, name))) : target;
  if (!index) return loadInterfaces(target, project, attempt);
  const source = path.resolve(target, index);
  const imported = await importFrom(source, project, attempt);
  const stem = path.basename(source, path.extname(source));
  const name = stem === 'index' ? path.basename(folder) : stem;
  const own = exportsOf(imported);
  if (own) {
    // A file of one interface exports the function itself.
    const module = typeof own === 'function' && !namesOf(own).length ? { [stem]: own } : own;
    return new Connector(name, module, source, project, manifestOf(folder, name));
  }
  const registered = registeredIn(source, folder, name);
  if (registered) {
    const manifest = { ...registered.manifest, ...manifestOf(folder, registered.platform) };
    return new Connector(registered.platform, registered.module, source, project, manifest);
  }
  throw new LoadError(
    `${source} exports no operation: it must export functions such as findContact, with ` +
      'module.exports or export default, or register them with connectorRegistry.',
  );
}

/** Load a folder whose files export one operation each. */
async function loadInterfaces(target, project, attempt) {
  const inside = path.join(target, 'interfaces');
  const folder = fs.existsSync(inside) ? inside : target;
  const module = {};
  for (const file of fs.readdirSync(folder).filter((each) => SOURCE.test(each)).sort()) {
    const found = exportsOf(await importFrom(path.join(folder, file), project, attempt));
    if (typeof found === 'function') module[file.replace(SOURCE, '')] = found;
    else Object.assign(module, found);
  }
  if (!namesOf(module).length) {
    throw new LoadError(
      `${folder} holds no connector: it needs an index.js, or one file for each operation, such ` +
        'as interfaces/findContact.js.',
    );
  }
  const owner = path.basename(folder) === 'interfaces' ? path.dirname(folder) : folder;
  const name = path.basename(owner);
  return new Connector(name, module, folder, project, manifestOf(owner, name));
}

async function importFrom(source, project, attempt) {
  // Node keeps a module that failed; a later attempt asks under another address.
  const again = attempt > 1 ? `?attempt=${attempt}` : '';
  try {
    const url = pathToFileURL(source).href + again;
    if (!source.endsWith('.ts')) return await import(url);
    const loadTypeScript = await typeScriptLoader(source, project);
    if (loadTypeScript) return await loadTypeScript(url);
  } catch (error) {
    if (error instanceof LoadError) throw error;
    throw new LoadError(whyNot(source, project, error));
  }
  throw new LoadError(
    `${source} is TypeScript, which Node ${process.versions.node} cannot run by itself: run ` +
      `npm install tsx in ${project}, or use Node 22.18 or later.`,
  );
}

function whyNot(source, project, error) {
  const message = String(error?.message ?? error).split('\n')[0];
  const missing = /Cannot find (?:module|package) '([^']+)'/.exec(message)?.[1];
  if (missing && /^(?:[./]|file:)/.test(missing)) {
    return `${source} needs ${missing}, which is not there.`;
  }
  if (missing) {
    const [scope, name] = missing.split('/');
    const wanted = scope.startsWith('@') ? `${scope}/${name}` : scope;
    return `${wanted} is missing: run npm install in ${project}.`;
  }
  if (error instanceof SyntaxError) {
    const place = placeIn(error.stack ?? '') ?? placeOfSyntaxError(source);
    return place
      ? `${source} has a syntax error at ${place}: ${message}.`
      : `${source}, or a file that it imports, has a syntax error: ${message}.`;
  }
  const kind = error instanceof Error ? error.name : 'It threw';
  return `${source} cannot be loaded: ${kind}: ${message}.`;
}

/** Return FILE:LINE where a text of Node's has one on a line of its own. */
function placeIn(text) {
  const found = /^(?:file:\/\/)?(\/[^\n?]*?)(?:\?[^\n:]*)?:(\d+)$/m.exec(text);
  return found ? `${decodeURI(found[1])}:${found[2]}` : undefined;
}

/** Ask Node where a module's syntax error is: importing it does not say. */
function placeOfSyntaxError(source) {
  const checked = spawnSync(process.execPath, ['--check', source], { encoding: 'utf8' });
  return placeIn(checked.stderr ?? '');
}

/** Return what a module exports, whichever way it was written or compiled; null without any. */
function exportsOf(imported) {
  const ways = [imported.default?.default, imported.default, imported];
  return ways.find((way) => typeof way === 'function' || namesOf(way).length) ?? null;
}

/** Return the names of the functions of an object, also those of its class. */
function namesOf(module) {
  const found = new Set();
  if (module === null || !['object', 'function'].includes(typeof module)) return [];
  const ends = [Object.prototype, Function.prototype, null];
  for (let at = module; !ends.includes(at); at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) {
      const value = Object.getOwnPropertyDescriptor(at, name)?.value;
      const getter = Object.getOwnPropertyDescriptor(at, name)?.get;
      const isOperation = typeof (getter ? module[name] : value) === 'function';
      if (isOperation && !['constructor', 'default'].includes(name)) found.add(name);
    }
  }
  return [...found];
}

/** Return what was registered with the connectorRegistry of @app-connect/core, if it was loaded. */
function registeredIn(source, folder, name) {
  const require = createRequire(source);
  let registry;
  try {
    registry = require.cache[require.resolve('@app-connect/core')]?.exports?.connectorRegistry;
  } catch {
    return null; // the project does not have it
  }
  if (!registry) return null;
  const platforms = [
    ...new Set([
      ...registry.getRegisteredPlatforms(),
      ...(registry.platformInterfaces?.keys() ?? []),
    ]),
  ];
  const wanted = manifestOf(folder, name).name ?? name;
  const platform = platforms.includes(wanted) ? wanted : platforms[0];
  if (!platform) return null;
  if (platforms.length > 1 && platform !== wanted) {
    throw new LoadError(
      `${source} registers ${platforms.join(', ')}: a manifest.json beside it must name one.`,
    );
  }
  let manifest = {};
  try {
    manifest = platformOf(registry.getManifest(platform), platform);
  } catch {
    // registered without a manifest
  }
  return { platform, module: registry.getConnector(platform), manifest };
}

/** Return the manifest beside the connector, or its entry in the one above; empty without. */
function manifestOf(folder, platform) {
  const beside = path.join(folder, 'manifest.json');
  if (fs.existsSync(beside)) return platformOf(readManifest(beside), platform);
  const above = path.join(path.dirname(folder), 'manifest.json');
  if (!fs.existsSync(above)) return {};
  const entry = readManifest(above).platforms?.[platform];
  return entry ? { name: platform, ...entry } : {};
}

function readManifest(file) {
  let manifest;
  try {
    manifest = JSON.parse(fs.readFileSync(file, 'utf8').replace(/^\ufeff/, ''));
  } catch (error) {
    throw new LoadError(`The manifest ${file} is not JSON: ${error.message}.`);
  }
  if (manifest === null || typeof manifest !== 'object' || Array.isArray(manifest)) {
    throw new LoadError(`The manifest ${file} is not a JSON object.`);
  }
  return manifest;
}

function platformOf(manifest, platform) {
  const entries = manifest.platforms;
  if (!entries || !Object.keys(entries).length) return manifest;
  const name = platform in entries ? platform : Object.keys(entries)[0];
  return { name, ...entries[name] };
}

/** Return the folder of the nearest package.json, else the connector's own. */
function projectAround(folder) {
  for (let at = folder; ; at = path.dirname(at)) {
    if (fs.existsSync(path.join(at, 'package.json'))) return at;
    if (at === path.dirname(at)) return folder;
  }
}

function digestOf(source) {
  const isFile = fs.statSync(source).isFile();
  const alone = isFile && !path.basename(source).startsWith('index.');
  const folder = isFile ? path.dirname(source) : source;
  const files = alone ? [source, path.join(folder, 'manifest.json')] : filesBelow(folder);
  const digest = createHash('sha256');
  for (const file of files) if (fs.existsSync(file)) digest.update(fs.readFileSync(file));
  return digest.digest('hex').slice(0, 12);
}

function filesBelow(folder) {
  const found = [];
  const waiting = [folder];
  while (waiting.length && found.length < MAX_DIGESTED_FILES) {
    for (const entry of fs.readdirSync(waiting.pop(), { withFileTypes: true })) {
      const file = path.join(entry.parentPath ?? entry.path, entry.name);
      if (entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.')) {
        waiting.push(file);
      } else if (entry.isFile() && DIGESTED.test(entry.name)) {
        found.push(file);
      }
    }
  }
  return found.sort();
}
