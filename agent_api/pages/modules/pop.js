// Who calls: shown once for each call while its phone rings, and left alone until the next one. Nothing here takes the focus.

import { part } from './fetched.js';
import { hear } from './live.js';

const PART = '/escritorio/parte/llamada';
const TITLE = document.title;

export function startPop(place) {
  const pop = new PopPlace(place);
  hear('pop', ({ stage, caller }) => pop.ring(stage, caller));
  hear('call_answered', () => pop.read());
  hear('call_ended', () => pop.read());
  hear('pop_ended', () => pop.read());
  hear('contacts', () => pop.read({ whole: true }));
  hear('all', () => pop.read());
  return pop;
}

class PopPlace {
  constructor(place) {
    this.place = place;
    this.reading = null;
  }

  ring(stage, caller) {
    document.title = stage === 'ringing' ? `☎ ${caller.shown}` : TITLE;
    this.read();
  }

  // Of one call, only its head changes: what the agent has opened or selected below stays as it is.
  async read({ whole = false } = {}) {
    this.reading?.abort();
    this.reading = new AbortController();
    const html = await part(PART, this.reading.signal);
    if (html === null) return;
    const read = document.createRange().createContextualFragment(html);
    this.take(read.querySelector('.pop'), whole);
  }

  take(fresh, whole) {
    const shown = this.place.querySelector('.pop');
    const same = shown?.dataset.uniqueid === fresh.dataset.uniqueid;
    if (fresh.dataset.stage !== 'ringing') document.title = TITLE;
    if (!same || whole || !fresh.querySelector('.pop-head')) {
      this.place.replaceChildren(fresh);
    } else if (shown.dataset.stage !== fresh.dataset.stage) {
      shown.dataset.stage = fresh.dataset.stage;
      shown.querySelector('.pop-head').replaceWith(fresh.querySelector('.pop-head'));
    }
  }
}
