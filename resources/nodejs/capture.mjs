// Every request of the connector, through `http`, `https` or `fetch`: captured, and sent where the
// routes of its invocation point. What is emitted still holds secrets; the bench takes them out
// before anything is kept (connectors/nodejs/redaction.py).

import http from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import { urlToHttpOptions } from 'node:url';

import { Body, MAX_ANSWER_BYTES } from './body.mjs';
import { messageOf } from './failure.mjs';
import { current } from './invocation.mjs';

/** Where fetch, also that of the package undici, finds what sends its requests: up to 7, and since 8. */
const SENDERS = ['undici.globalDispatcher.1', 'undici.globalDispatcher.2'].map(Symbol.for);
/** Marks the options of a request that is captured: a sender may be made of another one. */
const CAPTURED = Symbol('captured');
const CONNECTION = ['agent', 'servername', 'lookup', 'family', 'socketPath', 'createConnection',
  'defaultPort', '_defaultAgent'];

const watched = new WeakSet();
let lastId = 0;

/** An exchange in the making. */
class Exchange {
  #emit;
  #forget;
  #done = false;
  #began = performance.now();
  #startedMs = Date.now();
  #waitMs = null;
  #status = null;
  #reason = '';
  #responseHeaders = [];
  #answer = new Body();

  sent = new Body();
  /** Gives the request's headers, which may be known only when it is sent. */
  headers = () => [];

  /** `giveUp` ends the request with an error. */
  constructor(emit, method, asked, target, giveUp) {
    this.invocation = current.getStore();
    if (this.invocation?.stopped) throw this.invocation.stopped;
    this.#emit = emit;
    this.method = method;
    this.asked = asked;
    this.target = target;
    this.giveUp = giveUp;
    this.#forget = this.invocation?.holds(this) ?? (() => {});
  }

  answered(status, reason, headers) {
    this.#waitMs = performance.now() - this.#began;
    this.#status = status;
    this.#reason = reason ?? '';
    this.#responseHeaders = headers;
    this.#answer.packed(valueOf(headers, 'content-encoding'));
  }

  /** Take a piece of the answer; returns an error once there is too much of it. */
  read(chunk) {
    this.#answer.add(chunk);
    if (this.#answer.size <= MAX_ANSWER_BYTES) return undefined;
    const host = new URL(this.asked).hostname;
    const limit = MAX_ANSWER_BYTES / (1024 * 1024);
    const error = new Error(
      `The answer of ${host} is larger than ${limit} MB and was cut off: ask for less.`,
    );
    error.name = 'UnexpectedResponseError';
    if (this.invocation) this.invocation.tooLarge = error;
    return error;
  }

  /** Finish with what has come so far. */
  show() {
    const waits = this.#status === null;
    this.finish(waits ? new Error('it was under way when the operation ended') : undefined);
  }

  finish(error) {
    if (this.#done) return;
    this.#done = true;
    this.#forget();
    const headers = this.headers();
    this.sent.packed(valueOf(headers, 'content-encoding'));
    const answered = this.#status !== null;
    this.#emit({
      id: ++lastId,
      invocation: this.invocation?.id ?? 0,
      startedMs: this.#startedMs,
      method: this.method,
      url: this.asked,
      routedTo: this.target?.href ?? null,
      headers,
      body: this.sent.kept(valueOf(headers, 'content-type')),
      status: this.#status,
      reason: this.#reason,
      responseHeaders: this.#responseHeaders,
      responseBody: answered ? this.#answer.kept(valueOf(this.#responseHeaders, 'content-type')) : null,
      waitMs: this.#waitMs,
      ms: performance.now() - this.#began,
      error: error ? `${error.name ?? 'Error'}: ${messageOf(error) || error}` : null,
    });
  }
}

/** Capture from now on; `emit` takes each exchange when it has ended. */
export function captureRequests(emit) {
  const originals = { 'http:': http.request, 'https:': https.request };
  for (const [scheme, module] of [['http:', http], ['https:', https]]) {
    module.request = (...given) => request(emit, originals, scheme, given);
    module.get = (...given) => {
      const sent = module.request(...given);
      sent.end();
      return sent;
    };
  }
  syncBuiltinESMExports();
  void globalThis.Headers; // loads what sends the requests of fetch
  captureFetch(emit);
}

/** Capture what sends the requests of fetch, once more where the connector has exchanged it. */
export function captureFetch(emit) {
  for (const key of SENDERS) {
    const sender = globalThis[key];
    if (!sender || watched.has(sender)) continue;
    watchSender(emit, sender);
    watched.add(sender);
  }
}

function request(emit, originals, module, given) {
  const [options, callback] = optionsOf(given);
  const scheme = options.protocol ?? options.agent?.protocol ?? module;
  const asked = askedUrl(scheme, options);
  const target = routed(asked);
  let to = options;
  if (target) {
    to = { ...options, protocol: target.protocol, hostname: bare(target.hostname), host: undefined };
    Object.assign(to, { port: target.port || undefined, path: pathOf(target.href) });
    for (const key of CONNECTION) delete to[key];
    to.headers = withoutHost(options.headers);
  }
  let sent;
  const exchange = new Exchange(
    emit, String(options.method ?? 'GET').toUpperCase(), asked, target, (error) => sent?.destroy(error),
  );
  try {
    sent = (target ? originals[target.protocol] : originals[module])(to, callback);
  } catch (error) {
    exchange.finish(error);
    throw error;
  }
  watch(sent, exchange);
  return sent;
}

/** Follow a request of `http` without a listener: one that nobody listens to ends differently. */
function watch(sent, exchange) {
  const { write, end, emit } = sent;
  sent.write = function (chunk, encoding, ...rest) {
    exchange.sent.add(chunk, typeof encoding === 'string' ? encoding : undefined);
    return write.call(this, chunk, encoding, ...rest);
  };
  sent.end = function (chunk, encoding, ...rest) {
    if (chunk && typeof chunk !== 'function') {
      exchange.sent.add(chunk, typeof encoding === 'string' ? encoding : undefined);
    }
    return end.call(this, chunk, encoding, ...rest);
  };
  exchange.headers = () => sentHeaders(sent, exchange);
  sent.emit = function (event, ...values) {
    if (event === 'response') {
      const [answer] = values;
      exchange.answered(answer.statusCode, answer.statusMessage, pairs(answer.rawHeaders));
      const { push } = answer;
      answer.push = function (chunk, ...rest) {
        const tooMuch = chunk === null ? undefined : exchange.read(chunk);
        if (tooMuch) {
          exchange.finish(tooMuch);
          answer.destroy(tooMuch);
          return false;
        }
        if (chunk === null) exchange.finish();
        return push.call(this, chunk, ...rest);
      };
    } else if (event === 'error') {
      exchange.finish(values[0]);
    } else if (event === 'close') {
      exchange.finish(new Error('the connection was closed before the answer was whole'));
    }
    return emit.call(this, event, ...values);
  };
}

/** Return the headers as they went over the wire; the host is the one that was asked for. */
function sentHeaders(sent, exchange) {
  const lines = (sent._header ?? '').split('\r\n').slice(1).filter(Boolean);
  return lines.map((line) => {
    const at = line.indexOf(':');
    const name = line.slice(0, at);
    const isHost = exchange.target && name.toLowerCase() === 'host';
    return [name, isHost ? new URL(exchange.asked).host : line.slice(at + 1).trim()];
  });
}

function watchSender(emit, sender) {
  const send = sender.dispatch.bind(sender);
  sender.dispatch = (options, handler) => {
    if (options[CAPTURED]) return send(options, handler);
    const asked = `${new URL(options.origin).origin}${options.path}`;
    const target = routed(asked);
    let abort = () => {};
    const exchange = new Exchange(emit, options.method ?? 'GET', asked, target, (error) => abort(error));
    exchange.headers = () => headerPairs(options.headers);
    const to = { ...options, [CAPTURED]: true, body: watchedBody(options.body, exchange.sent) };
    if (target) {
      Object.assign(to, { origin: target.origin, path: pathOf(target.href) });
      to.headers = withoutHost(options.headers);
    }
    const read = (chunk) => {
      const tooMuch = exchange.read(chunk);
      if (tooMuch) {
        exchange.finish(tooMuch);
        abort(tooMuch);
      }
    };
    const answered = (status, reason, headers) => {
      if (status >= 200) exchange.answered(status, reason, headers);
    };
    // The older and the newer interface of undici.
    const hooks = {
      onConnect: (giveUp) => (abort = giveUp),
      onHeaders: (status, raw, _resume, reason) => answered(status, reason, pairs(raw)),
      onData: read,
      onComplete: () => exchange.finish(),
      onError: (error) => exchange.finish(error),
      onRequestStart: (controller) => (abort = (error) => controller.abort(error)),
      onResponseStart: (_controller, status, headers, reason) =>
        answered(status, reason, headerPairs(headers)),
      onResponseData: (_controller, chunk) => read(chunk),
      onResponseEnd: () => exchange.finish(),
      onResponseError: (_controller, error) => exchange.finish(error),
    };
    return send(to, before(handler, hooks));
  };
}

/** Return `target` with each hook called ahead of the method of its name. */
function before(target, hooks) {
  return new Proxy(target, {
    get(of, key) {
      const value = of[key];
      if (typeof value !== 'function') return value;
      return (...values) => {
        hooks[key]?.(...values);
        return value.apply(of, values);
      };
    },
  });
}

function watchedBody(body, kept) {
  if (typeof body === 'string' || body instanceof Uint8Array) {
    kept.add(body);
  } else if (body?.[Symbol.asyncIterator] && typeof body.pipe !== 'function') {
    return (async function* pieces() {
      for await (const chunk of body) {
        kept.add(chunk);
        yield chunk;
      }
    })();
  }
  return body;
}

function optionsOf(given) {
  let [url, options, callback] = given;
  if (typeof url === 'string') url = new URL(url);
  if (url instanceof URL) {
    if (typeof options === 'function') [options, callback] = [{}, options];
    return [{ ...urlToHttpOptions(url), ...options }, callback];
  }
  return [{ ...url }, options];
}

function askedUrl(scheme, options) {
  const given = options.path || '/';
  if (/^https?:\/\//i.test(given)) return given; // it goes through a proxy
  const path = /^[/?]/.test(given) ? given : `/${given}`;
  const host = bare(String(options.hostname || options.host || 'localhost'));
  const port = options.port || options.defaultPort;
  const url = new URL(`${scheme}//${host.includes(':') ? `[${host}]` : host}`);
  if (port) url.port = port;
  return `${url.origin}${path}`;
}

/**
 * Return where a URL is sent, undefined when no route applies; path and query stay as they are. A
 * route with `{origin}` in it is told there whom the request was for.
 */
function routed(asked) {
  const routes = current.getStore()?.routes;
  const { hostname, origin } = new URL(asked);
  const base = routes?.get(hostname.toLowerCase()) ?? routes?.get('*');
  if (!base) return undefined;
  const target = new URL(base.replace('{origin}', encodeURIComponent(origin)));
  if (target.origin === origin) return undefined;
  const href = target.origin + target.pathname.replace(/\/+$/, '') + pathOf(asked);
  return { protocol: target.protocol, origin: target.origin, hostname: target.hostname, port: target.port, href };
}

function pathOf(url) {
  return url.replace(/^[a-z]+:\/\/[^/?#]*/i, '') || '/';
}

function bare(host) {
  return host.replace(/^\[|\]$/g, '');
}

function withoutHost(headers) {
  if (!headers || Array.isArray(headers) || headers[Symbol.iterator]) return headers;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'host'));
}

/** Return (name, value) pairs of a flat list. */
function pairs(flat) {
  const found = [];
  for (let i = 0; i + 1 < (flat?.length ?? 0); i += 2) {
    found.push([flat[i].toString('latin1'), String(flat[i + 1].toString('latin1'))]);
  }
  return found;
}

function headerPairs(headers) {
  if (!headers) return [];
  if (Array.isArray(headers) && !Array.isArray(headers[0])) return pairs(headers);
  const entries = headers[Symbol.iterator] ? [...headers] : Object.entries(headers);
  return entries.flatMap(([name, value]) => [value].flat().map((each) => [name, String(each)]));
}

function valueOf(headers, name) {
  return headers.find(([key]) => key.toLowerCase() === name)?.[1];
}
