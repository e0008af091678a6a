// Lets Node load TypeScript: by the project's tsx, by its own compiler, or by Node itself.

import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const CONFIGS = ['tsconfig.json', 'tsconfig.build.json'];
const ELSEWHERE = [
  'moduleResolution',
  'rootDir',
  'outDir',
  'sourceRoot',
  'mapRoot',
  'sourceMap',
  'declaration',
  'declarationMap',
];

/** Return what loads the file at a path, given its URL; null where nothing here runs TypeScript. */
export async function typeScriptLoader(source, project) {
  const require = createRequire(source);
  if (await registerTsx(require)) return (url) => import(url);
  // Before Node's own type stripping, which knows neither enums nor imports without extension.
  const compiler = isModule(source, project) ? null : compilerOf(require);
  if (compiler) {
    registerCompiler(require, compiler, optionsOf(compiler, project));
    return async () => ({ default: require(source) });
  }
  return process.features.typescript ? (url) => import(url) : null;
}

async function registerTsx(require) {
  let manifest;
  try {
    manifest = require.resolve('tsx/package.json');
  } catch {
    return false;
  }
  const file = require(manifest).exports['./esm/api'].import.default;
  const tsx = await import(pathToFileURL(path.join(path.dirname(manifest), file)).href);
  require('tsx/cjs/api').register();
  tsx.register();
  return true;
}

/** Tell whether the nearest package.json makes the file an ES module, which `require` cannot load. */
function isModule(source, project) {
  for (let at = path.dirname(source); ; at = path.dirname(at)) {
    const file = path.join(at, 'package.json');
    if (fs.existsSync(file)) return JSON.parse(fs.readFileSync(file, 'utf8')).type === 'module';
    if (at === project || at === path.dirname(at)) return false;
  }
}

function compilerOf(require) {
  try {
    const compiler = require('typescript');
    return typeof compiler.transpileModule === 'function' ? compiler : null;
  } catch {
    return null; // the project does not have it
  }
}

/** Return the options of the project's tsconfig, made to run here: CommonJS, with source maps. */
function optionsOf(compiler, project) {
  const file = CONFIGS.map((name) => path.join(project, name)).find((each) => fs.existsSync(each));
  const given = file ? compiler.readConfigFile(file, compiler.sys.readFile).config : undefined;
  const host = { ...compiler.sys, readDirectory: () => [] };
  const { options } = compiler.parseJsonConfigFileContent(given ?? {}, host, project);
  // What is about files of their own, and about finding other files, has no meaning here.
  for (const name of ELSEWHERE) delete options[name];
  return {
    ...options,
    module: compiler.ModuleKind.CommonJS,
    inlineSourceMap: true,
    esModuleInterop: true,
  };
}

function registerCompiler(require, compiler, compilerOptions) {
  require.extensions['.ts'] = (module, file) => {
    const text = fs.readFileSync(file, 'utf8');
    const made = compiler.transpileModule(text, {
      fileName: file,
      compilerOptions,
      reportDiagnostics: true,
    });
    const wrong = made.diagnostics?.find((each) => each.file); // the others are about options
    if (wrong) throw syntaxError(compiler, file, text, wrong);
    module._compile(made.outputText, file);
  };
}

/** Return a diagnostic as Node reports a syntax error: FILE:LINE, the line, and a mark below. */
function syntaxError(compiler, file, text, { start = 0, messageText }) {
  const before = text.slice(0, start).split('\n');
  const line = text.split('\n')[before.length - 1];
  const said = compiler.flattenDiagnosticMessageText(messageText, ' ').replace(/\.$/, '');
  const error = new SyntaxError(said);
  const mark = `${' '.repeat(before.at(-1).length)}^`;
  error.stack = `${file}:${before.length}\n${line}\n${mark}\n\n${error}`;
  return error;
}
