// One operation under way. What the connector does in it, and in whatever it awaits, finds its
// invocation in `current`.

import { AsyncLocalStorage } from 'node:async_hooks';

export const current = new AsyncLocalStorage();

export class Invocation {
  #requests = new Set();
  #stop;

  /** `routes` go by host name in lower case. */
  constructor(id, routes) {
    this.id = id;
    this.routes = new Map(
      Object.entries(routes).map(([host, base]) => [host.toLowerCase(), base]),
    );
    /** Why it was stopped from outside: an error, or undefined. */
    this.stopped = undefined;
    /** Set when an answer of the CRM was too large: the reason, whatever the connector makes of it. */
    this.tooLarge = undefined;
    /** The first error that left the operation without ending it, as text. */
    this.escaped = undefined;
    this.end = new Promise((resolve) => (this.#stop = resolve));
  }

  /** End it from outside: requests under way are given up, and no new ones are let through. */
  stop(error) {
    this.stopped = error;
    for (const request of [...this.#requests]) request.giveUp(error);
    this.#stop(error);
  }

  /** Show the requests that nobody waits for, as far as they have come: the operation has ended. */
  showRequests() {
    for (const request of [...this.#requests]) request.show();
  }

  /** Keep a request; returns what forgets it again. */
  holds(request) {
    this.#requests.add(request);
    return () => this.#requests.delete(request);
  }
}
