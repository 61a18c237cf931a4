// Parts of a page that are read again when an event says so: at most once in a while, however many events come, and the
// last one is never missed. A part that could not be read is read again.

import { morph } from './morph.js';

const PAUSE_MS = 200;
const AGAIN_MS = 2000;
const LIMIT_MS = 8000;

export class Part {
  constructor(element, url) {
    Object.assign(this, { element, url, timer: 0, reading: false, wanted: false });
  }

  wake(afterMs = 0) {
    this.wanted = true;
    if (!this.timer && !this.reading) this.timer = setTimeout(() => this.read(), afterMs);
  }

  async read() {
    Object.assign(this, { timer: 0, reading: true, wanted: false });
    const html = await fetched(this.url);
    this.reading = false;
    if (html !== null) morph(this.element, html);
    else this.wanted = true;
    if (this.wanted) this.wake(html === null ? AGAIN_MS : PAUSE_MS);
    else this.timer = setTimeout(() => this.rest(), PAUSE_MS);
  }

  rest() {
    this.timer = 0;
    if (this.wanted) this.wake();
  }
}

async function fetched(url) {
  try {
    const answer = await fetch(url, { cache: 'no-store', signal: AbortSignal.timeout(LIMIT_MS) });
    return answer.ok ? await answer.text() : null;
  } catch {
    return null;
  }
}
