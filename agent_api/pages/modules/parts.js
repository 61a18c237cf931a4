// Parts of a page that are read again when an event says so: at most once in a while, however many events come, and the
// last one is never missed. A part that could not be read is read again. In the page:
//   data-reads="/escritorio/parte/dia"  where the part is read
//   data-on="day all"                   the events, without `troncal:`, that wake it
//   data-every="60"                     and it is read each so many seconds

import { part } from './fetched.js';
import { hear } from './live.js';
import { morph } from './morph.js';

const PAUSE_MS = 200;
const AGAIN_MS = 2000;

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
    const html = await part(this.url);
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

export function startParts() {
  for (const element of document.querySelectorAll('[data-reads]')) start(element);
}

function start(element) {
  const { reads, on = '', every } = element.dataset;
  const made = new Part(element, reads);
  for (const name of on.split(' ').filter(Boolean)) hear(name, () => made.wake());
  if (every) setInterval(() => made.wake(), Number(every) * 1000);
}
