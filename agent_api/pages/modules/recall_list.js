// Lost callers: to take one and call it in one click, and to write down what came of it.

import { ask } from './fetched.js';
import { tell } from './live.js';
import { say } from './orders.js';

// `call(number)`: dials it on the agent's phone.
export function startLost(call) {
  document.addEventListener('click', ({ target }) => {
    const button = target.closest?.('[data-lost], [data-finish], [data-focus]');
    if (button?.dataset.lost) takeAndCall(button, call);
    else if (button?.dataset.finish) finish(button.dataset.finish);
    else if (button?.dataset.focus) document.getElementById(button.dataset.focus)?.focus();
  });
}

async function takeAndCall(button, call) {
  button.disabled = true;
  const { ok, detail } = await ask('POST', `${button.dataset.lost}/take`);
  button.disabled = false;
  tell('lost');
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
  tell('lost');
}
