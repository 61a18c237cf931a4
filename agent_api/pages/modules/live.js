// The stream of events of a page. An event only wakes: it becomes `troncal:<name>` on the body, and whoever shows what it
// concerns reads it again. What was missed while the stream was away is made good by `troncal:all` after it is back.

import { enterAgain } from './entrance.js';

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 3000;
const SILENCE_MS = 20_000; // the service says something every 15 s at least, but what it says then no page can hear
const PROBE_MS = 5000;
const GONE = new Set([401, 403, 404]);

export function notify(name, detail = {}) {
  document.body.dispatchEvent(new CustomEvent(`troncal:${name}`, { detail }));
}

export function hear(name, listener) {
  document.body.addEventListener(`troncal:${name}`, (event) => listener(event.detail));
}

// Follow a stream until the page goes. `names`: its events. `probe`: an address that answers as the stream would, to learn
// why it does not open. `refused`: called when the session is over; by default the page goes to the entrance.
export function follow(url, names, { probe = '/api/me', refused = enterAgain } = {}) {
  const stream = new Stream(url, names, probe, refused);
  stream.open();
  addEventListener('online', () => stream.retryNow());
  document.addEventListener('visibilitychange', () => document.hidden || stream.check());
  return stream;
}

class Stream {
  constructor(url, names, probe, refused) {
    Object.assign(this, { url, names, probe, refused, source: null, timer: 0, tries: 0, lostAt: 0, heardAt: 0 });
    setInterval(() => Date.now() - this.heardAt > SILENCE_MS && this.check(), SILENCE_MS / 4);
  }

  open() {
    clearTimeout(this.timer);
    this.timer = 0;
    this.source = new EventSource(this.url);
    this.source.onopen = () => this.opened();
    this.source.onerror = () => this.lost();
    for (const name of this.names) {
      this.source.addEventListener(name, (event) => this.heard(name, event.data));
    }
  }

  heard(name, data) {
    this.heardAt = Date.now();
    notify(name, JSON.parse(data));
  }

  opened() {
    this.heardAt = Date.now();
    this.tries = 0;
    const wasLost = this.lostAt !== 0;
    this.lostAt = 0;
    notify('link', { up: true, since: this.heardAt });
    if (wasLost) notify('all');
  }

  lost() {
    this.source?.close();
    this.source = null;
    if (this.lostAt === 0) {
      this.lostAt = Date.now();
      notify('link', { up: false, since: this.lostAt });
    }
    if (!this.timer) this.timer = setTimeout(() => this.retry(), this.wait());
  }

  // Not all at once: two hundred desks lose the service in the same moment.
  wait() {
    const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.tries++);
    return longest * (0.5 + Math.random() / 2);
  }

  async retry() {
    this.timer = 0;
    const status = await answered(this.probe);
    if (GONE.has(status)) this.refused(status);
    else if (status === 200) this.open();
    else this.lost();
  }

  retryNow() {
    if (!this.timer) return;
    clearTimeout(this.timer);
    this.retry();
  }

  // A connection that is dead without an error: the service is asked, and the stream is opened anew where it is silent.
  async check() {
    if (!this.source || this.checking) return;
    this.checking = true;
    const status = await answered(this.probe);
    this.checking = false;
    if (GONE.has(status)) this.refused(status);
    else if (status === 200) this.heardAt = Date.now();
    else this.lost();
  }
}

async function answered(url) {
  try {
    return (await fetch(url, { cache: 'no-store', signal: AbortSignal.timeout(PROBE_MS) })).status;
  } catch {
    return 0;
  }
}
