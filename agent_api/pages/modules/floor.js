// The supervisors' floor: the board, who waits, the agents; and what is done about them, in a panel over the page.

import './clocks.js';
import './keys.js';

import { tick } from './clocks.js';
import { ask, part } from './fetched.js';
import { watchLink } from './link_status.js';
import { follow, hear, notify } from './live.js';
import { say } from './orders.js';
import { startParts } from './parts.js';
import { DeskEnd } from './phone_channel.js';

const EVENTS = ['floor', 'queue', 'agent', 'bridge', 'board', 'announcement'];
const PHONE = 'troncal-telefono';
const PHONE_LOOKS = 'popup,width=480,height=760';
const GONE = 'Ya no está: el piso cambió.';

const found = (id) => document.getElementById(id);

watchLink(undefined, { bridges: false });
startParts();
hear('ordered', ({ order }) => order.includes('/api/walls') && notify('wallboards'));
follow('/api/floor/events', EVENTS);

// The panel

async function openPanel(url) {
  const html = await part(url);
  if (html === null) return say(GONE, true);
  const panel = found('panel');
  panel.innerHTML = html;
  tick(panel);
  panel.showModal();
}

document.addEventListener('click', ({ target }) => {
  const button = target.closest?.('[data-panel], [data-show], [data-close]');
  if (button?.dataset.panel) openPanel(button.dataset.panel);
  else if (button?.dataset.show) found(button.dataset.show).showModal();
  else if (button) button.closest('dialog').close();
});

// What is ordered in the panel closes it: its result appears on the page, which now shows the new state.
const closesByOrder = (event) => event.target.closest('#panel [data-order]')?.closest('dialog').close();
found('panel').addEventListener('click', (event) => event.target.closest('form') || closesByOrder(event));
found('panel').addEventListener('submit', closesByOrder);
document.addEventListener('troncal:ordered', ({ target }) => {
  const form = target.closest?.('form[data-closes]');
  form?.reset();
  form?.closest('dialog').close();
});

// An agent's queues

found('panel').addEventListener('submit', (event) => {
  const form = event.target.closest('[data-queues-of]');
  if (!form) return;
  event.preventDefault();
  const queues = [...form.querySelectorAll('[data-queue]:checked')].map((choice) => penaltyOf(form, choice));
  form.querySelector('[data-none]').hidden = queues.length > 0;
  if (queues.length) setQueues(form, queues);
});

function penaltyOf(form, { dataset: { queue } }) {
  const field = form.querySelector(`[data-penalty="${CSS.escape(queue)}"]`);
  return { queue, penalty: Number(field.value) };
}

async function setQueues(form, queues) {
  form.closest('dialog').close();
  const { ok, detail } = await ask('PUT', form.dataset.queuesOf, { queues });
  say(detail, !ok);
}

// A link for a wallboard: seen once

found('mural-nuevo').addEventListener('submit', async (event) => {
  event.preventDefault();
  const form = event.target;
  const { ok, detail, body } = await ask('POST', '/api/walls', { name: form.elements.name.value });
  if (!ok) return say(detail, true);
  form.reset();
  const link = found('mural-enlace');
  link.href = body.path;
  link.textContent = new URL(body.path, location.href).href;
  found('mural-hecho').hidden = false;
  notify('wallboards');
});
found('murales-panel').addEventListener('close', () => {
  found('mural-hecho').hidden = true;
});

// A supervisor's own phone is in the window that agents have, too; one that is open is only shown.
const opener = found('telefono-abrir');
if (opener) {
  new DeskEnd(opener.dataset.extension, (state) => {
    opener.firstChild.textContent = state ? 'Ver teléfono ' : 'Abrir teléfono ';
  });
}
opener?.addEventListener('click', () => {
  const opened = window.open('', PHONE, PHONE_LOOKS);
  if (!opened) return say('El navegador no dejó abrir la ventana del teléfono: permita las ventanas de este sitio.', true);
  if (opened.location.href === 'about:blank') opened.location.assign('/telefono');
  opened.focus();
});
