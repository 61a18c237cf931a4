// What the pages ask of the service quietly: parts of themselves, and saving what is typed. (Orders, which show
// the agent their result: orders.js.)

import { enterAgain } from './entrance.js';

const LIMIT_MS = 8000;
const AWAY = { status: 0, ok: false, detail: 'Sin conexión con Troncal.' };

// The HTML of a part; null when it could not be had. Where the session is over the page goes to the entrance.
export async function part(url, signal) {
  try {
    const limit = AbortSignal.timeout(LIMIT_MS);
    const answer = await fetch(url, { cache: 'no-store', signal: signal ? either(signal, limit) : limit });
    if (answer.status === 401) enterAgain();
    return answer.ok ? await answer.text() : null;
  } catch {
    return null;
  }
}

// Of two signals the first; AbortSignal.any is younger than the browsers that we serve.
function either(one, other) {
  const made = new AbortController();
  for (const each of [one, other]) {
    if (each.aborted) made.abort();
    each.addEventListener('abort', () => made.abort(), { once: true });
  }
  return made.signal;
}

// {ok, status, detail, body}; never throws.
export async function ask(method, url, body, { keepalive = false } = {}) {
  const csrf = document.querySelector('meta[name="csrf"]')?.content ?? '';
  const headers = { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf };
  try {
    const answer = await fetch(url, { method, headers, keepalive, body: body && JSON.stringify(body) });
    const read = await answer.json().catch(() => ({}));
    return { ok: answer.ok, status: answer.status, detail: read.detail ?? '', body: read };
  } catch {
    return AWAY;
  }
}
