// What the pages ask of the service quietly: parts of themselves, and saving what is typed. (Orders tell the agent what
// came of them: orders.js.)

const AWAY = { status: 0, ok: false, detail: 'Sin conexión con Troncal.' };

// The HTML of a part; null when it could not be had.
export async function part(url, signal) {
  try {
    const answer = await fetch(url, { cache: 'no-store', signal });
    return answer.ok ? await answer.text() : null;
  } catch {
    return null;
  }
}

// {ok, status, detail, body}; never throws.
export async function ask(method, url, body, { keepalive = false } = {}) {
  const csrf = document.querySelector('meta[name="csrf"]')?.content ?? '';
  const headers = { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf };
  try {
    const answer = await fetch(url, { method, headers, keepalive, body: body && JSON.stringify(body) });
    const told = await answer.json().catch(() => ({}));
    return { ok: answer.ok, status: answer.status, detail: told.detail ?? '', body: told };
  } catch {
    return AWAY;
  }
}
