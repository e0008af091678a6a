// What is kept of a body, in the shape of connectors/contract/exchange.py.

import zlib from 'node:zlib';

export const KEPT_BYTES = 256 * 1024;
export const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

const UNPACK = {
  __proto__: null,
  gzip: zlib.gunzipSync,
  'x-gzip': zlib.gunzipSync,
  // zlib's format, or bare deflate where a server takes the word literally.
  deflate: (data, options) =>
    (data[0] & 0x0f) === 8 ? zlib.inflateSync(data, options) : zlib.inflateRawSync(data, options),
  br: (data, options) =>
    zlib.brotliDecompressSync(data, {
      ...options,
      finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH,
    }),
  ...(zlib.zstdDecompressSync && { zstd: zlib.zstdDecompressSync }), // Node 22.15 and later
};

/** Gathers the chunks of one body. */
export class Body {
  #chunks = [];
  #held = 0;
  #limit = KEPT_BYTES;
  #packing = '';

  size = 0;

  /** Say how it is packed (Content-Encoding), before the first chunk where possible. */
  packed(encoding) {
    this.#packing = (encoding ?? '').trim().toLowerCase();
    if (this.#packing in UNPACK) this.#limit = MAX_ANSWER_BYTES;
  }

  add(chunk, encoding) {
    const data = typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk;
    this.size += data.length;
    if (this.#held < this.#limit) {
      // A copy: the connector may write over its own buffer.
      this.#chunks.push(Buffer.from(data.subarray(0, this.#limit - this.#held)));
      this.#held += this.#chunks.at(-1).length;
    }
  }

  /** Return what is kept, null when there was none. */
  kept(mimeType) {
    if (!this.size) return null;
    const held = Buffer.concat(this.#chunks);
    const whole = this.#unpacked(held) ?? held;
    const size = whole === held ? this.size : whole.length;
    const data = whole.subarray(0, KEPT_BYTES);
    const truncated = data.length < size || held.length < this.size;
    const text = decoded(data, truncated);
    return {
      text: text ?? data.toString('base64'),
      encoding: text === null ? 'base64' : null,
      size,
      truncated,
      mimeType: mimeType ?? '',
    };
  }

  #unpacked(data) {
    const unpack = UNPACK[this.#packing];
    if (!unpack) return null;
    try {
      return unpack(data, {
        finishFlush: zlib.constants.Z_SYNC_FLUSH,
        maxOutputLength: MAX_ANSWER_BYTES,
      });
    } catch {
      return null; // kept as it came
    }
  }
}

/** Return text, null when it is none; a cut one may end in the middle of a character. */
function decoded(data, truncated) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data, {
      stream: truncated,
    });
  } catch {
    return null;
  }
}
