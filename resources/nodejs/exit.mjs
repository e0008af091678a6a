// The end of the process: the connector's own is told, ours is not.

import fs from 'node:fs';

import { callerOf } from './failure.mjs';

const STDERR = 2;

/** End the process without a word. */
export const exit = process.exit.bind(process);

/** Say which line of the connector ends the process: the bench shows the last words of one. */
export function tellOfExit() {
  process.exit = (...code) => {
    const line = callerOf(process.exit);
    try {
      fs.writeSync(STDERR, `process.exit(${code}) was called${line && ` at ${line}`}\n`);
    } catch {
      // nobody reads it any more
    }
    exit(...code);
  };
}
