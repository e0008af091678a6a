// What the connector prints, as console notifications of the invocation that printed it.

import { Readable } from 'node:stream';

import { current } from './invocation.mjs';

const FLUSH_CHARACTERS = 64 * 1024;
/** More than the bench shows of one print, so that it can take secrets out before it cuts. */
const SENT_CHARACTERS = 512 * 1024;

/** Sends whole lines; a huge print at once, and only its beginning. */
export class Printing {
  #pending = new Map();
  #notify;

  constructor(notify) {
    this.#notify = notify;
    this.#capture(process.stdout, 'stdout');
    this.#capture(process.stderr, 'stderr');
    process.on('exit', () => this.#flushAll());
    // Standard input belongs to the protocol.
    Object.defineProperty(process, 'stdin', { value: Readable.from([]), configurable: true });
  }

  #capture(stream, name) {
    stream.write = (chunk, encoding, callback) => {
      const bytes = typeof chunk !== 'string';
      this.write(name, bytes ? Buffer.from(chunk).toString() : chunk);
      const done = typeof encoding === 'function' ? encoding : callback;
      if (done) process.nextTick(done);
      return true;
    };
  }

  write(stream, text) {
    const invocation = current.getStore()?.id ?? 0;
    const key = `${invocation} ${stream}`;
    this.#pending.set(key, (this.#pending.get(key) ?? '') + text);
    if (text.includes('\n') || this.#pending.get(key).length > FLUSH_CHARACTERS) {
      this.#send(invocation, stream);
    }
  }

  /** Send what an invocation has printed without an end of line. */
  flush(invocation) {
    this.#send(invocation, 'stdout');
    this.#send(invocation, 'stderr');
  }

  #flushAll() {
    for (const key of [...this.#pending.keys()]) {
      const [invocation, stream] = key.split(' ');
      this.#send(Number(invocation), stream);
    }
  }

  #send(invocation, stream) {
    const key = `${invocation} ${stream}`;
    const text = (this.#pending.get(key) ?? '').replace(/\n$/, '');
    this.#pending.delete(key);
    if (!text) return;
    const kept = text.slice(0, SENT_CHARACTERS);
    this.#notify('console', { text: kept, stream, invocation, printed: text.length });
  }
}
