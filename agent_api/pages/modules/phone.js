// The window of the phone.

import './keys.js';
import './clocks.js';

import { chosen, mayUseMicrophone, openMicrophone, problemText } from './devices.js';
import { written } from './numbers.js';
import { say } from './orders.js';
import { AudioPanel } from './phone_audio.js';
import { CallCards } from './phone_calls.js';
import { PhoneEnd } from './phone_channel.js';
import { Ringer } from './ringer.js';
import { Softphone } from './softphone.js';

const ASK_AGAIN_MS = 3000;
const CHECK_EVERY_MS = 5000;
const ALLOW_MS = 500;
const TITLE = document.title;
const found = (id) => document.getElementById(id);

class PhoneWindow {
  constructor(phone, ringer) {
    Object.assign(this, { phone, ringer, checked: 0 });
    this.channel = new PhoneEnd(() => phone.stateNow(), (what, id, to) => phone.carryOut(what, id, to));
    this.cards = new CallCards(found('llamadas'), found('llamada'), (what, id, to) => phone.carryOut(what, id, to));
    this.audio = new AudioPanel(found('audio'), ringer, () => this.useDevices());
    phone.addEventListener('change', () => this.show());
    phone.addEventListener('notice', ({ detail }) => this.notice(detail.text, detail.bad));
    phone.addEventListener('call', ({ detail }) => found('sonidos').append(detail.audio));
    phone.addEventListener('call-lost', () => reportLostCall());
    phone.addEventListener('away', () => this.checkSession());
    found('marcar').addEventListener('submit', (event) => this.dial(event));
    found('recuperar').addEventListener('click', () => location.reload());
    found('permitir-timbre').addEventListener('click', () => this.allowRing());
    addEventListener('beforeunload', (event) => phone.calls.size && event.preventDefault());
    addEventListener('pagehide', () => this.leave());
  }

  async begin() {
    found('marcar').querySelector('button').disabled = false; // until then a number would be sent with the page
    this.show();
    this.phone.start();
    await this.prepareMicrophone();
    found('sin-timbre').hidden = this.ringer.allowed;
    for (const touch of ['pointerdown', 'keydown']) addEventListener(touch, () => this.allowRing());
  }

  async prepareMicrophone() {
    const shown = found('sin-microfono');
    try {
      await mayUseMicrophone(() => this.allowRing());
      shown.hidden = true;
    } catch (error) {
      shown.textContent = problemText(error);
      shown.hidden = false;
    }
  }

  async allowRing() {
    if (this.ringer.allowed && found('sin-timbre').hidden) return;
    await Promise.race([this.ringer.allow(), new Promise((resolve) => setTimeout(resolve, ALLOW_MS))]);
    found('sin-timbre').hidden = this.ringer.allowed;
  }

  show() {
    const state = this.phone.stateNow();
    showLine(found('linea'), state);
    found('tomado').hidden = !state.takenOver;
    found('tomado-llamada').hidden = !state.calls.length;
    found('marcar').hidden = state.takenOver;
    found('sin-llamadas').hidden = state.calls.length > 0;
    this.cards.show(state.calls);
    const ringing = state.calls.find((call) => call.stage === 'ringing' && call.direction === 'in');
    document.title = ringing ? `☎ ${written(ringing.peer) || TITLE}` : TITLE;
    this.channel.sendState();
  }

  dial(event) {
    event.preventDefault();
    this.phone.carryOut('dial', null, new FormData(event.target).get('to'));
    event.target.reset();
  }

  notice(text, bad) {
    say(text, bad);
    this.channel.notice(text, bad);
  }

  // The relay lets nobody in without a session. A call that is under way goes on all the same.
  async checkSession() {
    if (Date.now() - this.checked < CHECK_EVERY_MS || this.phone.calls.size) return;
    this.checked = Date.now();
    const answer = await fetch('/api/phone', { cache: 'no-store' }).catch(() => null);
    if (answer?.status === 401) enterAgain();
  }

  // A headset was plugged in or chosen in the middle of a call.
  async useDevices() {
    for (const call of this.phone.calls.values()) {
      await call.useSpeaker(chosen().speaker);
      if (call.microphone) await call.useMicrophone(await openMicrophone());
    }
  }

  // The window closes. Who was called from here is hung up on, who rings hears that nobody is here. Who was being
  // served goes back to the queue: the relay sees the page go, and has the bridge do it.
  leave() {
    this.channel.leave();
    const calls = [...this.phone.calls.values()];
    calls.filter((call) => call.direction === 'out' || call.stage === 'ringing').forEach((call) => call.hangUp());
  }
}

function showLine(shown, { registered, takenOver, awaySince }) {
  const since = new Date(awaySince).toLocaleTimeString('es-BO', { hour: '2-digit', minute: '2-digit', hour12: false });
  const state = registered ? 'up' : 'lost';
  const away = awaySince ? `Sin conexión desde las ${since}` : 'Conectando…';
  shown.dataset.state = takenOver || !awaySince && !registered ? 'waiting' : state;
  const said = takenOver ? 'En otra ventana' : registered ? 'Listo' : away;
  if (shown.textContent !== said) shown.textContent = said;
}

// A call was cut off with the connection, and Asterisk does not know it yet.
function reportLostCall() {
  const csrf = document.querySelector('meta[name="csrf"]')?.content ?? '';
  fetch('/api/phone/closed', { method: 'POST', headers: { 'X-CSRF-Token': csrf } }).catch(() => {});
}

function enterAgain() {
  location.assign('/ingresar?de=/telefono');
}

async function settings() {
  for (;;) {
    const answer = await fetch('/api/phone', { cache: 'no-store' }).catch(() => null);
    if (answer?.ok) return answer.json();
    if (answer?.status === 401) enterAgain();
    else if (answer?.status === 409) found('linea').textContent = (await answer.json()).detail;
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
}

const own = await settings();
const ringer = new Ringer();
const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
const phone = new Softphone(own, `${scheme}://${location.host}${own.path}`, ringer);
await new PhoneWindow(phone, ringer).begin();
