// Errors as the protocol has them.

import { fileURLToPath, pathToFileURL } from 'node:url';

const STACK_CHARACTERS = 8000;
const BROKEN = /^(?:E(?:CONN|TIMEDOUT|PIPE|NOTFOUND|AI_AGAIN|HOSTUNREACH|NETUNREACH)|UND_ERR_)/;
const HOST = fileURLToPath(new URL('.', import.meta.url));

/** What the host itself says about an operation. */
export class Stopped extends Error {
  constructor(type, message) {
    super(message);
    this.type = type;
  }
}

/** Return what was thrown as `{type, message, status, stack}`; paths are relative to `project`. */
export function errorInfo(thrown, operation, project) {
  if (thrown instanceof Stopped) {
    return { type: thrown.type, message: thrown.message, status: null, stack: '' };
  }
  if (!isError(thrown)) {
    return {
      type: 'ThrownValueError',
      message: `${operation} threw ${shown(thrown)} instead of an Error.`,
      status: null,
      stack: '',
    };
  }
  const type = typeOf(thrown);
  const cause = isError(thrown.cause) ? messageOf(thrown.cause) : '';
  const message = messageOf(thrown) || `${type} without a message`;
  // Production looks nowhere else for the status.
  const status = thrown.response?.status;
  return {
    type,
    message: cause && !message.includes(cause) ? `${message}: ${cause}` : message,
    status: Number.isInteger(status) ? status : null,
    stack: stackOf(thrown, project).slice(0, STACK_CHARACTERS),
  };
}

/** Name an error; what broke a connection gets one name, so that a write counts as unknown then. */
function typeOf(error) {
  const { name } = error;
  const isPlain = !name || ['Error', 'TypeError', 'AggregateError'].includes(name);
  if (isPlain && [error.code, error.cause?.code].some((code) => BROKEN.test(code))) {
    return 'NetworkError';
  }
  return String((name && name !== 'Error' ? name : error.constructor?.name) || 'Error');
}

/** Tell whether it is an error, also one that a library made by itself. */
function isError(thrown) {
  return thrown instanceof Error || (typeof thrown?.message === 'string' && 'stack' in thrown);
}

/** Return what an error says; connecting to several addresses fails several times, in one error. */
export function messageOf(error) {
  return String(error.message || error.errors?.[0]?.message || error.code || '');
}

function stackOf(error, project) {
  const lines = String(error.stack ?? '').split('\n');
  const own = lines.filter((line) => !line.includes(HOST));
  return own
    .join('\n')
    .replaceAll(`${pathToFileURL(project).href}/`, '')
    .replaceAll(`${project}/`, '')
    .replace(/\?attempt=\d+/g, '');
}

/** Return FILE:LINE of what called a function, '' where no file did. */
export function callerOf(called) {
  const here = {};
  Error.captureStackTrace(here, called);
  const [, place = ''] = /^ +at .*?\(?((?:file:\/\/)?\/[^()\n]*:\d+):\d+\)?$/m.exec(here.stack) ?? [];
  return place.replace(/^file:\/\//, '').replace(/\?attempt=\d+/, '');
}

function shown(value) {
  let text;
  try {
    text = typeof value === 'string' ? `the text "${value}"` : JSON.stringify(value);
  } catch {
    // it holds itself
  }
  text ??= String(value);
  return text.length <= 300 ? text : `${text.slice(0, 297)}...`;
}
