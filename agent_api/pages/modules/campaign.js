// The campaign on the desk: the customer to call next, the call that goes on, and what it came to by one key. Only agents
// who serve an outbound queue read it (`data-outbound` of the desk names them). In the page:
//   data-campaign="/escritorio/parte/campana"  a place, and where its part is read
//   data-outcome="contacted"                   a button, or a form with day and hour, says it of the attempt around it
//   data-attempt="campaign-12-1"               that attempt
//   data-live-call                             a call that goes on: its end may come without an event

import { hear, notify } from './live.js';
import { order } from './orders.js';
import { Part } from './parts.js';

const WHILE_LIVE_MS = 2000;
const OTHERWISE_MS = 30_000; // a customer who was looked at for too long, and hours that begin or end
const OUTCOME = '/api/agent/campaign/outcome';

export function startCampaign(desk) {
  const campaign = new Campaign(desk);
  hear('state', ({ queues }) => campaign.serve(queues));
  for (const name of ['call_answered', 'call_ended', 'campaign', 'all']) hear(name, () => campaign.wake());
  desk.addEventListener('click', ({ target }) => campaign.clicked(target.closest('button[data-outcome]')));
  desk.addEventListener('submit', (event) => campaign.submitted(event));
  desk.addEventListener('keydown', leaveNote);
  setInterval(() => desk.querySelector('[data-live-call]') && campaign.wake(), WHILE_LIVE_MS);
  setInterval(() => campaign.wake(), OTHERWISE_MS);
}

class Campaign {
  constructor(desk) {
    const places = [...desk.querySelectorAll('[data-campaign]')];
    this.parts = places.map((place) => new Part(place, place.dataset.campaign));
    this.serves = places.some((place) => place.childElementCount > 0);
    this.outbound = new Set(desk.dataset.outbound.split(' '));
  }

  serve(queues) {
    const served = this.serves;
    this.serves = queues.some((queue) => this.outbound.has(queue));
    if (this.serves || served) this.read();
  }

  wake() {
    if (this.serves) this.read();
  }

  read() {
    this.parts.forEach((part) => part.wake());
  }

  clicked(button) {
    if (button) this.say(button, {});
  }

  submitted(event) {
    const form = event.target.closest('form[data-outcome]');
    if (!form) return;
    event.preventDefault();
    this.say(form, Object.fromEntries(new FormData(form)));
  }

  // One at a time: a key that is pressed twice says nothing twice.
  async say(element, moment) {
    const asked = element.closest('[data-attempt]');
    if (asked.getAttribute('aria-busy') === 'true') return;
    asked.setAttribute('aria-busy', 'true');
    const { attempt: reference } = asked.dataset;
    const note = asked.querySelector('[name="note"]').value;
    const { ok } = await order('POST', OUTCOME, { reference, outcome: element.dataset.outcome, note, ...moment });
    asked.removeAttribute('aria-busy');
    if (!ok) return;
    if (asked.contains(document.activeElement)) document.activeElement.blur();
    asked.querySelectorAll('details[open]').forEach((each) => { each.open = false; });
    notify('contacts');
    this.wake();
  }
}

// Back to the keys of the outcomes.
function leaveNote({ key, target }) {
  if (target.name === 'note' && (key === 'Enter' || key === 'Escape')) target.blur();
}
