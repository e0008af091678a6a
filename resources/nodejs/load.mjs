// Finds the operations of a connector in its own project, and describes it.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { loadEnvironment } from './environment.mjs';
import { typeScriptLoader } from './typescript.mjs';

const INDEXES = ['index.js', 'index.cjs', 'index.mjs', 'index.ts'];
const SAMPLES = ['.env.example', '.env.sample', '.env.test'];
const NPM = ['npm', 'install', 'install'];
/** A lock file, and the manager that wrote it: its name, how it installs, how it adds. */
const MANAGERS = [
  ['package-lock.json', NPM],
  ['pnpm-lock.yaml', ['pnpm', 'install', 'add']],
  ['yarn.lock', ['yarn', 'install', 'add']],
];
/** How many missing packages a message names. */
const NAMED = 5;
const SOURCE = /\.(js|cjs|mjs|ts)$/;

/** Operations that production calls with something else than one object. */
const ARGUMENTS = {
  checkAndRefreshAccessToken: (input) => [null, input.user, 20], // (oauthApp, user, lock timeout)
};

/** A connector cannot be loaded; the message is one sentence that says why and what to do. */
export class LoadError extends Error {
  name = 'ConnectorLoadError';

  /** `position` is `{file, line, column}`; what is not known is left out. */
  constructor(message, position) {
    super(message);
    this.position = position;
  }
}

/** A loaded connector. */
export class Connector {
  /** `found` is what manifestOf() returns. */
  constructor(platform, module, source, project, found) {
    const { manifest, file: manifestFile } = found;
    Object.assign(this, { platform, module, source, project, manifest, manifestFile });
    this.operations = namesOf(module);
  }

  /** Run an operation as core does: with one object. */
  run(operation, input) {
    const given = ARGUMENTS[operation]?.(input) ?? [input];
    return this.module[operation](...given);
  }

  async describe() {
    const { manifest, manifestFile, operations, platform, source } = this;
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
      manifestFile,
      environmentFile: this.environmentFile,
      source,
    };
  }
}

/** Return the connector of a file or folder; `attempt` counts from 1. */
export async function load(given, attempt) {
  const target = fs.realpathSync(path.resolve(given));
  const isFolder = fs.statSync(target).isDirectory();
  const folder = isFolder ? target : path.dirname(target);
  const project = projectAround(folder);
  // Production starts there: what a connector reads by a relative path is found.
  process.chdir(project);
  const environmentFile = loadEnvironment(folder, project);
  const connector = await find(target, folder, project, attempt);
  return Object.assign(connector, { environmentFile });
}

async function find(target, folder, project, attempt) {
  const isFolder = target === folder;
  const index = isFolder ? INDEXES.find((name) => fs.existsSync(path.join(target, name))) : target;
  if (!index) return loadInterfaces(target, project, attempt);
  const source = path.resolve(target, index);
  const imported = await importFrom(source, project, attempt);
  const stem = path.basename(source, path.extname(source));
  const name = stem === 'index' ? path.basename(folder) : stem;
  const own = exportsOf(imported);
  const registered = registeredIn(source, folder, name);
  // The file that starts a server registers the connector, and exports the server.
  if (own && (own.findContact || !registered)) {
    // A file of one interface exports the function itself.
    const module = typeof own === 'function' && !namesOf(own).length ? { [stem]: own } : own;
    return new Connector(name, module, source, project, manifestOf(folder, name));
  }
  if (registered) {
    const { manifest, file } = manifestOf(folder, registered.platform);
    const both = { manifest: { ...registered.manifest, ...manifest }, file };
    return new Connector(registered.platform, registered.module, source, project, both);
  }
  throw new LoadError(
    `${source} exports no operation: it must export functions such as findContact, with ` +
      'module.exports or export default, or register them with connectorRegistry.',
    { file: source },
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
      { file: folder },
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
    throw whyNot(source, project, error);
  }
  throw new LoadError(
    `${source} is TypeScript, which Node ${process.versions.node} cannot run by itself: run ` +
      `npm install tsx in ${project}, or use Node 22.18 or later.`,
    { file: source },
  );
}

function whyNot(source, project, error) {
  const message = String(error?.message ?? error).split('\n')[0];
  const missing = /Cannot find (?:module|package) '([^']+)'/.exec(message)?.[1];
  if (missing) {
    const position = importing(missing, message, error, source, project);
    if (/^(?:[./]|file:)/.test(missing)) {
      return new LoadError(`${source} needs ${missing}, which is not there.`, position);
    }
    const [scope, name] = missing.split('/');
    const wanted = scope.startsWith('@') ? `${scope}/${name}` : scope;
    return new LoadError(`${whatToInstall(project, wanted)} in ${project}.`, position);
  }
  const position = positionOfSyntaxError(source, error);
  if (position) {
    const place = `${position.file}:${position.line}`;
    return new LoadError(`${source} has a syntax error at ${place}: ${message}.`, position);
  }
  if (error instanceof SyntaxError) {
    const sentence = `${source}, or a file that it imports, has a syntax error: ${message}.`;
    return new LoadError(sentence, { file: source });
  }
  const kind = error instanceof Error ? error.name : 'It threw';
  const sentence = `${source} cannot be loaded: ${kind}: ${message.replace(/\.$/, '')}`;
  return new LoadError(
    `${sentence}${environmentHint(project)}.`,
    positionInStack(error, project) ?? { file: source },
  );
}

/** Name what is missing, and the command of the project's own package manager that installs it. */
function whatToInstall(project, wanted) {
  const [manager, install, add] =
    MANAGERS.find(([lock]) => fs.existsSync(path.join(project, lock)))?.[1] ?? NPM;
  const declared = dependencies(project);
  // Installing what is declared already does not bring what is not.
  if (!declared.includes(wanted)) return `${wanted} is missing: run ${manager} ${add} ${wanted}`;
  const others = declared.filter((name) => name !== wanted && !isInstalled(project, name));
  const named = [wanted, ...others.slice(0, NAMED - 1)];
  if (others.length >= NAMED) named.push(`${others.length - NAMED + 1} more`);
  const list = named.join(', ').replace(/, ([^,]*)$/, ' and $1');
  return `${list} ${others.length ? 'are' : 'is'} missing: run ${manager} ${install}`;
}

/** Return the packages that a project's package.json asks for. */
function dependencies(project) {
  try {
    const told = JSON.parse(fs.readFileSync(path.join(project, 'package.json'), 'utf8'));
    return Object.keys({ ...told.dependencies, ...told.devDependencies });
  } catch {
    return [];
  }
}

function isInstalled(project, name) {
  for (let at = project; ; at = path.dirname(at)) {
    if (fs.existsSync(path.join(at, 'node_modules', name))) return true;
    if (at === path.dirname(at)) return false;
  }
}

/** Say so where a project has a sample of the settings that it reads, and no settings. */
function environmentHint(project) {
  if (fs.existsSync(path.join(project, '.env'))) return '';
  const sample = SAMPLES.find((name) => fs.existsSync(path.join(project, name)));
  return sample ? `; ${project} has no .env yet: copy ${sample} to .env` : '';
}

/** Return where a syntax error is; importing a module does not always say, checking it does. */
function positionOfSyntaxError(source, error) {
  // So esbuild reports TypeScript, which Node's errors are not for.
  const built = /^(\/[^\n]*?):(\d+):(\d+): ERROR: /m.exec(String(error?.message ?? ''));
  if (built) return { file: built[1], line: Number(built[2]), column: Number(built[3]) + 1 };
  if (!(error instanceof SyntaxError)) return undefined;
  const said = positionIn(error.stack ?? '');
  if (said) return said;
  const checked = spawnSync(process.execPath, ['--check', source], { encoding: 'utf8' });
  return positionIn(checked.stderr ?? '');
}

/** Read FILE:LINE on a line of its own; the second line after it marks the column. */
function positionIn(text) {
  const found = /^(?:file:\/\/)?(\/[^\n?]*?)(?:\?[^\n:]*)?:(\d+)$/m.exec(text);
  if (!found) return undefined;
  const marks = text.slice(found.index).split('\n')[2] ?? '';
  return { file: decodeURI(found[1]), line: Number(found[2]), column: marks.indexOf('^') + 1 };
}

/** Return the innermost line of an error's stack that is the project's own. */
function positionInStack(error, project) {
  const frames = /(?:file:\/\/)?(\/[^\s()?]*)(?:\?[^\s:]*)?:(\d+):(\d+)\)?$/gm;
  for (const [, file, line, column] of String(error?.stack ?? '').matchAll(frames)) {
    const own = decodeURI(file);
    if (own.startsWith(`${project}${path.sep}`) && !own.includes('/node_modules/')) {
      return { file: own, line: Number(line), column: Number(column) };
    }
  }
  return undefined;
}

/** Return where a module that is missing is imported. */
function importing(missing, message, error, source, project) {
  const inStack = positionInStack(error, project);
  if (inStack) return inStack;
  const [, from] = / imported from (\/.*)$/.exec(message) ?? [];
  const file = from && fs.existsSync(from) ? from : source;
  // An absolute address stands for what the importer wrote relative to itself.
  const written = path.basename(missing, path.extname(missing));
  const lines = fs.readFileSync(file, 'utf8').split('\n');
  const at = lines.findIndex((line) => /\b(?:import|from|require)\b/.test(line) && line.includes(written));
  return { file, line: at + 1, column: at < 0 ? 0 : lines[at].indexOf(written) + 1 };
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
  const wanted = manifestOf(folder, name).manifest.name ?? name;
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

/** Return the manifest beside the connector, or its entry in the one above, with its file. */
function manifestOf(folder, platform) {
  const beside = path.join(folder, 'manifest.json');
  if (fs.existsSync(beside)) {
    return { manifest: platformOf(readManifest(beside), platform), file: beside };
  }
  const above = path.join(path.dirname(folder), 'manifest.json');
  const entry = fs.existsSync(above) ? readManifest(above).platforms?.[platform] : undefined;
  return entry
    ? { manifest: { name: platform, ...entry }, file: above }
    : { manifest: {}, file: '' };
}

function readManifest(file) {
  let manifest;
  try {
    manifest = JSON.parse(fs.readFileSync(file, 'utf8').replace(/^\ufeff/, ''));
  } catch (error) {
    throw new LoadError(`The manifest ${file} is not JSON: ${error.message}.`, { file });
  }
  if (manifest === null || typeof manifest !== 'object' || Array.isArray(manifest)) {
    throw new LoadError(`The manifest ${file} is not a JSON object.`, { file, line: 1 });
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
