// Doing is one call of the API. `await order('POST', '/api/agent/ready')` does it, shows the result in the page's
// notices, and gives `{ok, status, body}`. Elements with `data-order="POST /api/agent/ready"` do it by click, forms with
// it send their fields as JSON:
//   data-body='{"reason":"Descanso"}'  what is sent
//   data-confirm="¿...?"               asked first
//   data-then="reload" | "/pagina"     where it worked: load this page again, or another
//   data-quiet                         where it worked, nothing is said
// Where it worked the element, or the body when the element is gone by then, hears `troncal:ordered` {order, answer}.

import { enterAgain } from './entrance.js';

const DONE_MS = 6000;
const LIMIT_MS = 20_000;
const KEPT = 'troncal-aviso';
const LOST = 'No hay conexión con Troncal: no se sabe si la orden se cumplió. Mire su estado antes de repetirla.';
const csrf = () => document.querySelector('meta[name="csrf"]')?.content ?? '';

// A notice: what was done goes away by itself, what went wrong stays until it is closed or something worked.
export function say(text, bad = false) {
  const place = document.getElementById(bad ? 'avisos-faltas' : 'avisos-hechos');
  if (!place) return;
  const notice = document.createElement('div');
  notice.className = 'notice';
  notice.dataset.tone = bad ? 'bad' : 'good';
  const words = document.createElement('p');
  words.textContent = text;
  notice.append(words);
  if (bad) notice.append(closer(notice));
  else setTimeout(() => notice.remove(), DONE_MS);
  place.replaceChildren(notice);
}

function closer(notice) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'button quiet small';
  button.textContent = 'Cerrar';
  button.addEventListener('click', () => notice.remove());
  return button;
}

export async function order(method, url, body, { quiet = false } = {}) {
  const answer = await asked(method, url, body);
  if (answer.status === 401) enterAgain();
  else if (!answer.ok) say(answer.body?.detail ?? LOST, true);
  else {
    document.getElementById('avisos-faltas')?.replaceChildren();
    if (!quiet) say(answer.body?.detail ?? 'Hecho.');
  }
  return answer;
}

async function asked(method, url, body) {
  const headers = { Accept: 'application/json', 'X-CSRF-Token': csrf() };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  const sent = body === undefined ? undefined : JSON.stringify(body);
  try {
    const answer = await fetch(url, { method, headers, body: sent, signal: AbortSignal.timeout(LIMIT_MS) });
    return { ok: answer.ok, status: answer.status, body: await answer.json().catch(() => null) };
  } catch {
    return { ok: false, status: 0, body: null };
  }
}

// In the page and not the browser's own question, which would hold up the phone's window too.
export function confirmed(question) {
  const dialog = document.createElement('dialog');
  const words = document.createElement('p');
  words.id = 'pregunta';
  words.textContent = question;
  dialog.setAttribute('aria-labelledby', words.id);
  const form = document.createElement('form');
  form.method = 'dialog';
  form.className = 'stack';
  const bar = document.createElement('div');
  bar.className = 'bar';
  bar.append(choice('si', 'Sí', 'button main'), choice('no', 'No', 'button'));
  form.append(words, bar);
  dialog.append(form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'si');
    });
  });
}

function choice(value, text, className) {
  const button = document.createElement('button');
  Object.assign(button, { value, className, textContent: text });
  return button;
}

// `queues[]` is a list, a checkbox true or false, a number field a number, and an empty field of data-empty="null" null.
export function fieldsOf(form) {
  const fields = {};
  for (const field of form.elements) {
    if (!field.name || field.disabled || field.name === 'csrf') continue;
    if (field.name.endsWith('[]')) {
      const list = (fields[field.name.slice(0, -2)] ??= []);
      if (field.type !== 'checkbox' || field.checked) list.push(valueOf(field));
    } else if (field.type === 'checkbox') fields[field.name] = field.checked;
    else if (field.type !== 'radio' || field.checked) fields[field.name] = valueOf(field);
  }
  return fields;
}

function valueOf(field) {
  if (field.value === '' && field.dataset.empty === 'null') return null;
  return field.type === 'number' && field.value !== '' ? Number(field.value) : field.value;
}

async function carryOut(element, body) {
  if (element.getAttribute('aria-busy') === 'true') return;
  const { order: what, confirm: question, then, quiet } = element.dataset;
  if (question && !(await confirmed(question))) return;
  const [method, url] = what.split(' ');
  element.setAttribute('aria-busy', 'true');
  const answer = await order(method, url, body, { quiet: quiet !== undefined });
  element.removeAttribute('aria-busy');
  if (answer.ok) worked(element, what, answer, then);
}

function worked(element, what, answer, then) {
  const ordered = new CustomEvent('troncal:ordered', { bubbles: true, detail: { order: what, answer } });
  (element.isConnected ? element : document.body).dispatchEvent(ordered);
  if (!then) return;
  sessionStorage.setItem(KEPT, answer.body?.detail ?? 'Hecho.');
  if (then === 'reload') location.reload();
  else location.assign(then);
}

document.addEventListener('click', (event) => {
  const element = event.target.closest?.('[data-order]:not(form)');
  if (!element || element.disabled || element.getAttribute('aria-disabled') === 'true') return;
  event.preventDefault();
  const { body } = element.dataset;
  carryOut(element, body ? JSON.parse(body) : undefined);
});

document.addEventListener('submit', (event) => {
  const form = event.target.closest('form[data-order]');
  if (!form) return;
  event.preventDefault();
  carryOut(form, form.dataset.body ? JSON.parse(form.dataset.body) : fieldsOf(form));
});

const kept = sessionStorage.getItem(KEPT);
if (kept) {
  sessionStorage.removeItem(KEPT);
  say(kept);
}
