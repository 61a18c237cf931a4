// Notes and results of contacts, saved as they are typed. The server keeps them: after a reload, or in another browser, they
// are there again. A form in use is never replaced.

import { ask, part } from './fetched.js';
import { hear, notify } from './live.js';

const SAVE_AFTER_MS = 400;
const TRY_AGAIN_MS = 2000;
const KEPT = 'troncal-notas ';
const MISSING = 'Elija el resultado del contacto antes de terminarlo.';

export function startNotes(place) {
  const desk = new NotesDesk(place);
  for (const name of ['call_answered', 'call_ended', 'state', 'all']) hear(name, () => desk.read());
  hear('contacts', () => desk.read());
  addEventListener('pagehide', () => desk.saveNow());
  return desk;
}

class NotesDesk {
  constructor(place) {
    this.place = place;
    this.forms = new Map(); // id -> TypedForm
    place.addEventListener('input', ({ target }) => this.typed(target));
    place.addEventListener('submit', (event) => this.submitted(event));
    place.addEventListener('keydown', (event) => this.pressed(event));
    this.adopt();
  }

  adopt() {
    const forms = [...this.place.querySelectorAll('form.contact')];
    const known = this.forms;
    this.forms = new Map(forms.map((form) => [form.id, known.get(form.id) ?? new TypedForm(form)]));
  }

  async read() {
    this.reading?.abort();
    this.reading = new AbortController();
    const html = await part(this.place.dataset.part, this.reading.signal);
    if (html !== null) this.merge(document.createRange().createContextualFragment(html));
  }

  // Those that are there stay as they are; new ones come on top; closed ones go, unless the agent is in them.
  merge(fresh) {
    const wanted = new Map([...fresh.children].map((child) => [child.id, child]));
    const left = [...this.place.children].filter((shown) => !wanted.has(shown.id));
    left.filter((shown) => !this.forms.get(shown.id)?.isInUse).forEach((shown) => shown.remove());
    for (const [id, child] of [...wanted].reverse()) {
      const known = this.forms.get(id)?.form;
      if (known) rename(known, child);
      else if (!document.getElementById(id)) this.place.prepend(child);
    }
    this.adopt();
  }

  typed(field) {
    this.forms.get(field.form?.id)?.changed(field.name, field.value);
  }

  pressed(event) {
    if (event.ctrlKey && event.key === 'Enter') event.target.form?.requestSubmit();
  }

  async submitted(event) {
    event.preventDefault();
    if (await this.forms.get(event.target.id)?.close()) notify('contacts');
  }

  saveNow() {
    this.forms.forEach((each) => each.saveNow());
  }
}

class TypedForm {
  constructor(form) {
    Object.assign(this, { form, path: form.dataset.contact, unsaved: {}, saving: null, timer: 0, closed: false });
    for (const [name, value] of Object.entries(leftBehind(this.path))) {
      form.elements[name].value = value;
      this.changed(name, value);
    }
  }

  get isInUse() {
    return !this.closed && (this.form.contains(document.activeElement) || Object.keys(this.unsaved).length > 0);
  }

  changed(name, value) {
    this.unsaved[name] = value;
    leaveBehind(this.path, this.unsaved);
    if (name === 'disposition') this.fault('');
    this.say('Guardando…');
    this.later(SAVE_AFTER_MS);
  }

  later(ms) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), ms);
  }

  // One at a time and in order: an older text never overwrites a newer one.
  async save() {
    clearTimeout(this.timer);
    if (this.saving) await this.saving;
    if (!Object.keys(this.unsaved).length) return true;
    const sent = this.unsaved;
    this.unsaved = {};
    this.saving = ask('PUT', this.path, sent);
    const { ok, status, detail } = await this.saving;
    this.saving = null;
    if (!ok) return this.failed(sent, status, detail);
    leaveBehind(this.path, this.unsaved);
    if (!Object.keys(this.unsaved).length) this.say(`Guardado a las ${hourNow()}.`);
    return true;
  }

  failed(sent, status, detail) {
    this.unsaved = { ...sent, ...this.unsaved };
    this.say(`No se guardó: ${detail || 'inténtelo de nuevo.'}`, true);
    if (status === 0 || status >= 500) this.later(TRY_AGAIN_MS);
    return false;
  }

  saveNow() {
    if (Object.keys(this.unsaved).length) ask('PUT', this.path, this.unsaved, { keepalive: true });
  }

  async close() {
    const { disposition } = this.form.elements;
    if (disposition.getAttribute('aria-required') && !disposition.value) return this.fault(MISSING);
    if (!(await this.save())) return false;
    const { ok, detail } = await ask('POST', `${this.path}/close`);
    if (!ok) this.fault(detail);
    this.closed = ok;
    return ok;
  }

  fault(text) {
    const select = this.form.elements.disposition;
    this.say(text, Boolean(text));
    select.removeAttribute('aria-invalid');
    if (!text) return false;
    select.setAttribute('aria-invalid', 'true');
    select.focus();
    return false;
  }

  say(text, bad = false) {
    const shown = this.form.querySelector('[data-part="saved"]');
    shown.classList.toggle('fault', bad);
    shown.textContent = text;
  }
}

// What was typed and not yet saved, for the next load of the page in this tab: it may be there before the save has arrived.
function leaveBehind(path, unsaved) {
  if (Object.keys(unsaved).length) sessionStorage.setItem(KEPT + path, JSON.stringify(unsaved));
  else sessionStorage.removeItem(KEPT + path);
}

function leftBehind(path) {
  return JSON.parse(sessionStorage.getItem(KEPT + path) ?? '{}');
}

// What stands over the fields: `this call` becomes `the call`, and its number is known a moment later.
function rename(form, fresh) {
  for (const part of ['h2', '.contact-of']) form.querySelector(part).replaceWith(fresh.querySelector(part));
}

function hourNow() {
  return new Date().toLocaleTimeString('es-BO', { hour: '2-digit', minute: '2-digit', hour12: false });
}
