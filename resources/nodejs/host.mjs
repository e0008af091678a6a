// A host for connectors written in JavaScript: `node host.mjs PATH [FD]`, the protocol of
// docs/host-protocol.md on standard input and on FD (standard output without one). It needs Node 18
// and no package. Secrets are taken out by the bench (connectors/nodejs/redaction.py).

import fs from 'node:fs';

import { captureFetch, captureRequests } from './capture.mjs';
import { configure } from './environment.mjs';
import { exit, tellOfExit } from './exit.mjs';
import { errorInfo, Stopped } from './failure.mjs';
import { current, Invocation } from './invocation.mjs';
import { load, LoadError } from './load.mjs';
import { Printing } from './printing.mjs';
import { readRequests } from './requests.mjs';
import { asRow } from './user.mjs';

const MAX_RESULT_BYTES = 8 * 1024 * 1024;
const MAX_TIMER_MS = 2 ** 31 - 1; // a longer one fires at once

const [target, fd = '1'] = process.argv.slice(2);
const running = new Map();
let loading;
let attempts = 0;

/** Write one message; a pipe takes it in pieces. */
function send(message) {
  const line = Buffer.from(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  for (let at = 0; at < line.length; ) at += fs.writeSync(Number(fd), line, at);
}

const notify = (method, params) => send({ method, params });
const showExchange = (exchange) => notify('exchange', exchange);
const printing = new Printing(notify);

function refuse(id, code, type, message, more = {}) {
  send({ id: id ?? null, error: { code, message, data: { type, ...more } } });
}

function refuseLoad(id, { message, position }) {
  refuse(id, -32001, 'ConnectorLoadError', message, position ? { position } : {});
}

function take(line) {
  let request;
  try {
    request = JSON.parse(line);
  } catch (error) {
    refuse(null, -32700, 'ProtocolError', `This line is no request: ${error.message}.`);
    return;
  }
  if (typeof request?.method !== 'string') {
    refuse(null, -32700, 'ProtocolError', 'This line is no request: it has no method.');
    return;
  }
  const { id, method } = request;
  const params = request.params ?? {};
  if (!isObject(params)) {
    refuse(id, -32602, 'ProtocolError', 'The params are no JSON object.');
    return;
  }
  answer(id, method, params);
}

function answer(id, method, params) {
  switch (method) {
    case 'describe':
      describe(id);
      break;
    case 'invoke':
      invoke(id, params);
      break;
    case 'cancel':
      running
        .get(params.id)
        ?.stop(new Stopped('OperationCancelledError', 'The operation was cancelled.'));
      break;
    case 'shutdown':
      exit(0);
      break;
    default:
      refuse(id, -32601, 'ProtocolError', `There is no method ${method}.`);
  }
}

/** Load once; a connector that could not be loaded is tried again. */
function loaded() {
  loading ??= load(target, ++attempts).catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function describe(id) {
  try {
    const connector = await loaded();
    send({ id, result: await connector.describe() });
  } catch (error) {
    const message = `${target} cannot be described: ${error}.`;
    refuseLoad(id, error instanceof LoadError ? error : { message });
  } finally {
    printing.flush(0);
  }
}

async function invoke(id, params) {
  const { operation, input = {}, options = {}, timeoutS = 30 } = params;
  if (!isObject(options) || !(Number(timeoutS) > 0)) {
    refuse(id, -32602, 'ProtocolError', 'The params cannot be used: options or timeoutS are wrong.');
    return;
  }
  const began = performance.now();
  const invocation = new Invocation(id, options.routes ?? {});
  running.set(id, invocation);
  const timer = setTimeout(
    () =>
      invocation.stop(
        new Stopped(
          'ConnectorTimeoutError',
          `${operation} did not answer within ${timeoutS} s: ${whyLate(invocation)}.`,
        ),
      ),
    Math.min(timeoutS * 1000, MAX_TIMER_MS),
  );
  const work = current.run(invocation, () => attempt(invocation, operation, input, options));
  const outcome = await Promise.race([work, invocation.end]);
  clearTimeout(timer);
  running.delete(id);
  invocation.showRequests();
  printing.flush(id);
  if (outcome instanceof LoadError) {
    refuseLoad(id, outcome);
  } else if (outcome instanceof Stopped && outcome.type === 'OperationCancelledError') {
    refuse(id, -32800, outcome.type, outcome.message);
  } else {
    const { result = null, error = null } =
      outcome instanceof Stopped ? { error: errorInfo(outcome) } : outcome;
    send({ id, result: { result, error, ms: performance.now() - began } });
  }
}

function whyLate({ escaped }) {
  if (escaped === undefined) {
    return 'the CRM may be slow, or the connector waits for something that never comes';
  }
  return `an error that nobody awaits or catches stopped its work: ${escaped.replace(/\.$/, '')}`;
}

/** Return `{result}` or `{error}`, or why the connector cannot be loaded. */
async function attempt(invocation, operation, input, options) {
  let connector;
  try {
    connector = await loaded();
  } catch (error) {
    return error;
  }
  const { platform, operations, project } = connector;
  const failed = (type, message) => ({ error: errorInfo(new Stopped(type, message)) });
  if (!operations.includes(operation)) {
    const has = operations.join(', ');
    return failed('UnknownOperationError', `${platform} has no operation ${operation}; it has ${has}.`);
  }
  if (!isObject(input)) {
    return failed('InvalidInputError', `The input of ${operation} is no JSON object.`);
  }
  configure(options.config ?? {});
  captureFetch(showExchange);
  if (isObject(input.user)) {
    asRow(input.user, (changes) => notify('user', { changes, invocation: invocation.id }));
  }
  try {
    return encoded(operation, await connector.run(operation, input));
  } catch (error) {
    return { error: errorInfo(invocation.tooLarge ?? error, operation, project) };
  }
}

/** Return the result as it goes over the wire: it is JSON, and not too much of it. */
function encoded(operation, returned) {
  let text;
  try {
    text = JSON.stringify(returned ?? null);
    if (text === undefined) throw new TypeError(`it is a ${typeof returned}`);
  } catch (error) {
    const why = error.message.split('\n')[0];
    const message = `${operation} returned something that is not JSON: ${why}.`;
    return { error: errorInfo(new Stopped('UnserialisableResultError', message)) };
  }
  const size = Buffer.byteLength(text);
  if (size <= MAX_RESULT_BYTES) return { result: JSON.parse(text) };
  const [has, may] = [size, MAX_RESULT_BYTES].map((bytes) => Math.round(bytes / 1e6));
  const message = `${operation} returned ${has} MB; at most ${may} MB are taken: return fewer contacts.`;
  return { error: errorInfo(new Stopped('ResultTooLargeError', message)) };
}

function isObject(value) {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

// In production an error that nobody handles ends the server. Here it is printed, so that the
// operation under way can still be looked at.
function escaped(what, error) {
  const invocation = current.getStore();
  if (invocation) invocation.escaped ??= String(error);
  process.stderr.write(`${what}: ${error?.stack ?? error}\n`);
}
process.on('unhandledRejection', (reason) => escaped('Unhandled rejection', reason));
process.on('uncaughtException', (error) => escaped('Uncaught exception', error));
tellOfExit();
captureRequests(showExchange);
readRequests(take);
