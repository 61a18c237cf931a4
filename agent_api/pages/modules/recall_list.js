// The recall list: an abandoned call is claimed and called back in one click, and the result is written down.

import { ask } from './fetched.js';
import { notify } from './live.js';
import { say } from './orders.js';

// `call(number)`: dials it on the agent's phone.
export function startRecalls(call) {
  document.addEventListener('click', ({ target }) => {
    const button = target.closest?.('[data-recall], [data-finish], [data-focus]');
    if (button?.dataset.recall) claimAndCall(button, call);
    else if (button?.dataset.finish) finish(button.dataset.finish);
    else if (button?.dataset.focus) document.getElementById(button.dataset.focus)?.focus();
  });
}

async function claimAndCall(button, call) {
  button.disabled = true;
  const { ok, detail } = await ask('POST', `${button.dataset.recall}/take`);
  button.disabled = false;
  notify('recalls');
  if (ok) call(button.dataset.dial);
  else say(detail, true);
}

function finish(path) {
  const dialog = document.getElementById('resultado-llamada');
  const form = dialog.querySelector('form');
  form.reset();
  dialog.returnValue = '';
  dialog.addEventListener('close', () => dialog.returnValue === 'ok' && save(path, form), { once: true });
  dialog.showModal();
}

async function save(path, form) {
  const { state, note } = Object.fromEntries(new FormData(form));
  const { ok, detail } = await ask('POST', `${path}/finish`, { state, note });
  if (!ok) say(detail, true);
  notify('recalls');
}
