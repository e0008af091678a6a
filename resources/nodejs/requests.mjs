// The bench's requests. A thread of its own reads them, so that the end of standard input ends the
// process even while the connector blocks the main thread.

import { Socket } from 'node:net';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';

import { exit } from './exit.mjs';

const GRACE_MS = 300;

/** Call `take` with each line of standard input, and end the process with it. */
export function readRequests(take) {
  const reader = new Worker(fileURLToPath(import.meta.url));
  reader.on('message', (line) => {
    if (line === null) exit(0);
    take(line);
  });
}

function read() {
  const input = new Socket({ fd: 0, readable: true, writable: false });
  let pending = '';
  input.setEncoding('utf8');
  input.on('data', (text) => {
    const lines = (pending + text).split('\n');
    pending = lines.pop();
    for (const line of lines) parentPort.postMessage(line);
  });
  const end = () => {
    parentPort.postMessage(null);
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), GRACE_MS);
  };
  input.on('end', end);
  input.on('error', end);
}

if (!isMainThread) read();
