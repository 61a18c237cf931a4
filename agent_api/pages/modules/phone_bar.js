// The phone as the desk shows it: the calls of the phone's window, or, where no window has the phone, the queue's call on
// whatever phone the agent has, worked through Asterisk.

import { ask } from './fetched.js';
import { hear } from './live.js';
import { say } from './orders.js';
import { CallCards } from './phone_calls.js';
import { DeskEnd } from './phone_channel.js';

const WINDOW = 'troncal-telefono';
const LOOKS = 'popup,width=480,height=760';
const WITH_A_CALL = { ringing: 'ringing', on_call: 'talking' };
const ON_THE_PHONE = {
  answer: 'Conteste en su teléfono.',
  reject: 'Rechace en su teléfono.',
  hold: 'Retenga la llamada en su teléfono.',
  consult: 'Consulte desde su teléfono, o transfiera ya.',
  dtmf: 'Marque las teclas en su teléfono.',
};
// What is asked of the service where the phone is not a window of this browser.
const THROUGH_ASTERISK = {
  hangup: () => ['hang-up'],
  mute: () => ['mute', { muted: true }],
  unmute: () => ['mute', { muted: false }],
  transfer: (to) => ['transfer', { number: to }],
  dial: (to) => ['dial', { number: to }],
};

const RECORDING = { 'recording-pause': 'recording/pause', 'recording-resume': 'recording/resume' };
const REMIND_MS = 60_000;
const REMINDER = 'La grabación sigue en pausa. Reanúdela si ya no se dicen datos personales.';

export class PhoneBar {
  constructor(section) {
    this.section = section;
    this.window = null; // the state of the phone's window; null: there is none
    this.agent = { state: 'logged_out', uniqueid: null };
    this.peers = new Map(); // uniqueid -> who calls
    this.muted = false;
    this.reminder = 0;
    const found = (id) => document.getElementById(id);
    this.cards = new CallCards(found('telefono-llamadas'), found('llamada'), (what, id, to) => this.do(what, id, to));
    this.end = new DeskEnd(section.dataset.extension, (state) => this.heardWindow(state), say);
    hear('state', (agent) => this.heardAgent(agent));
    hear('pop', (call) => this.heardPop(call));
    found('telefono-abrir').addEventListener('click', () => this.open());
    found('marcar').addEventListener('submit', (event) => this.dial(event));
    this.show();
  }

  heardWindow(state) {
    this.window = state;
    this.show();
  }

  heardAgent(agent) {
    if (agent.uniqueid !== this.agent.uniqueid || agent.transferred !== this.agent.transferred) this.muted = false;
    if (agent.recording_since_us !== this.agent.recording_since_us) this.remind(agent.recording);
    this.agent = agent;
    this.show();
  }

  // A pause that was forgotten.
  remind(recording) {
    clearTimeout(this.reminder);
    if (recording === 'paused') this.reminder = setTimeout(() => say(REMINDER, true), REMIND_MS);
  }

  heardPop({ uniqueid, caller }) {
    this.peers.set(uniqueid, caller.shown);
    this.show();
  }

  get hasWindow() {
    return Boolean(this.window) && !this.window.takenOver;
  }

  get calls() {
    if (this.hasWindow) return this.window.calls.map((call) => this.named(call));
    const stage = WITH_A_CALL[this.agent.state];
    const { since_us: sinceUs } = this.agent;
    const id = this.agent.uniqueid ?? this.agent.transferred;
    if (!stage || !id) return [];
    const peer = this.peers.get(id) ?? '';
    const { muted, recording } = this;
    return [{ id, direction: 'in', peer, stage, muted, since: sinceUs / 1000, consultOf: null, quality: null, recording }];
  }

  // The pop writes the queue's caller as people read it; the phone only knows digits. Of a caller who came by a transfer
  // there is no pop, and the phone may show the colleague: where there is one call it is that one, else nobody knows which.
  named(call) {
    if (this.agent.transferred && !this.agent.uniqueid) {
      return this.window.calls.length === 1 ? { ...call, recording: this.recording } : call;
    }
    const ofQueue = call.direction === 'in' ? this.peers.get(this.agent.uniqueid) : undefined;
    const digits = (text) => text.replace(/\D/g, '');
    const isOfQueue = ofQueue && digits(ofQueue).endsWith(digits(call.peer).slice(-7));
    return isOfQueue ? { ...call, peer: ofQueue, recording: this.recording } : call;
  }

  // Of the queue's call, as the service knows it of Asterisk; null where nothing is known.
  get recording() {
    const { recording: status, recording_since_us: sinceUs } = this.agent;
    return status ? { status, sinceUs } : null;
  }

  show() {
    const [text, tone] = this.line();
    const shown = document.getElementById('telefono-estado');
    if (shown.textContent !== text) shown.textContent = text;
    shown.dataset.tone = tone;
    this.section.dataset.via = this.hasWindow ? 'window' : 'asterisk';
    document.getElementById('telefono-abrir').firstChild.textContent = this.window ? 'Ver teléfono ' : 'Abrir teléfono ';
    this.cards.show(this.calls);
  }

  line() {
    if (!this.window) return ['Conteste en su teléfono, o abra el del navegador.', 'muted'];
    if (this.window.takenOver) return ['Otra ventana u otro equipo tomó su teléfono.', 'warn'];
    if (!this.window.registered) return ['Teléfono del navegador sin conexión.', 'bad'];
    return ['Teléfono del navegador listo.', 'good'];
  }

  do(what, id, to) {
    if (what in RECORDING) this.record(what);
    else if (this.hasWindow) this.end.do(what, id, to);
    else this.throughAsterisk(what, to);
  }

  async record(what) {
    const { ok, detail } = await ask('POST', `/api/call/${RECORDING[what]}`);
    say(detail, !ok);
  }

  async throughAsterisk(what, to) {
    if (what in ON_THE_PHONE) return say(ON_THE_PHONE[what], true);
    const [order, body] = THROUGH_ASTERISK[what](to);
    const { ok, detail } = await ask('POST', `/api/call/${order}`, body);
    if (ok && order === 'mute') this.muted = body.muted;
    if (!ok || what === 'dial') say(detail, !ok);
    this.show();
  }

  call(number) {
    this.do('dial', null, number);
  }

  dial(event) {
    event.preventDefault();
    const number = new FormData(event.target).get('number').trim();
    if (number) this.call(number);
    event.target.reset();
  }

  // A window that is there is only shown: to load it again would end its calls.
  open() {
    const url = this.window ? '' : '/telefono';
    const opened = window.open(url, WINDOW, LOOKS);
    if (!opened) return say('El navegador no dejó abrir la ventana del teléfono: permita las ventanas de este sitio.', true);
    if (this.window && opened.location.href === 'about:blank') {
      opened.close();
      return say('El teléfono está abierto en otra ventana de este navegador.');
    }
    opened.focus();
  }
}
