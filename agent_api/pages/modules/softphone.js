// The phone: registers with Asterisk through the service's own origin, and works the calls. It knows no page; whoever
// shows it hears `change`, `notice` {text, bad}, `call`, `away` (no connection, at every try) and `call-lost` (a call was cut off with it).

import JsSIP from 'jssip';

import { Call } from './call.js';
import { chosen, close, openMicrophone, problemText } from './devices.js';
import { written } from './numbers.js';
import { SipSocket } from './sip_socket.js';

const DOMAIN = 'troncal.invalid'; // Asterisk looks at the user part only
const REGISTER_SECONDS = 300;
const RECONNECT_SECONDS = 1;
const REGISTER_AGAIN_MS = 3000;
const REGISTER_LIMIT_MS = 4000; // by itself JsSIP waits for half a minute: Asterisk starts, and answers later or never
const REFUSED = 486;
const TO_ANSWER = /^<sip:[a-z0-9-]+@localhost>;answer-after=0$/;
const NUMBER = /^[0-9*#+]{1,20}$/;
const OFFLINE = 'El teléfono no tiene conexión. Espere a que vuelva y repita.';
const CAUSES = {
  Busy: 'Está ocupado.',
  Rejected: 'No aceptó la llamada.',
  'Not Found': 'Ese número no existe o su anexo no puede llamar ahí.',
  Unavailable: 'No contesta o no está conectado.',
  'No Answer': 'No contesta.',
  'Connection Error': 'La llamada se cortó con la conexión.',
};

export class Softphone extends EventTarget {
  // `settings`: what GET /api/phone answers; `url`: of the relay.
  constructor(settings, url, ringer) {
    super();
    Object.assign(this, { extension: settings.extension, ringer, calls: new Map() });
    Object.assign(this, { registered: false, takenOver: false, awaySince: 0, wasLost: false });
    this.socket = new SipSocket(url, () => this.lose());
    this.ua = new JsSIP.UA({
      sockets: [this.socket],
      uri: `sip:${settings.endpoint}@${DOMAIN}`,
      password: settings.secret,
      contact_uri: `sip:${settings.endpoint}-${token()}@${token()}.invalid;transport=ws`,
      register_expires: REGISTER_SECONDS,
      session_timers: false,
      user_agent: 'Troncal',
      connection_recovery_min_interval: RECONNECT_SECONDS,
      connection_recovery_max_interval: RECONNECT_SECONDS,
    });
    this.listen();
  }

  listen() {
    this.ua.on('connected', () => this.awaitAnswer());
    this.ua.on('registered', () => this.came());
    this.ua.on('unregistered', () => this.went());
    this.ua.on('disconnected', () => this.cutOff());
    this.ua.on('registrationFailed', () => setTimeout(() => this.registerAgain(), REGISTER_AGAIN_MS));
    this.ua.on('newRTCSession', ({ session, request }) => this.adopt(session, request));
  }

  start() { this.ua.start(); }

  stateNow() {
    const { extension, registered, takenOver, awaySince } = this;
    return { extension, registered, takenOver, awaySince, calls: [...this.calls.values()].map((call) => call.snapshot()) };
  }

  // What the page's buttons and the desk ask for.
  async carryOut(what, id = null, to = null) {
    const call = id ? this.calls.get(id) : this.onlyCall();
    if (what !== 'dial' && !call) return;
    if (NEEDS_LINE.has(what) && !this.ua.isConnected()) {
      this.notice(OFFLINE, true);
      return;
    }
    try {
      await WORK[what]?.(this, call, to);
    } catch (error) {
      this.notice(error instanceof DOMException ? problemText(error) : error.message, true);
    }
    this.changed();
  }

  onlyCall() {
    const all = [...this.calls.values()];
    return all.find((call) => call.stage === 'ringing' && call.direction === 'in')
      ?? all.find((call) => call.stage === 'talking') ?? all[0];
  }

  // -- registration --------------------------------------------------------------------------------

  came() {
    this.registered = true;
    this.awaySince = 0;
    if (this.wasLost) this.calls.forEach((call) => call.renew());
    this.wasLost = false;
    this.changed();
  }

  went() {
    this.registered = false;
    this.awaySince ||= Date.now();
    this.changed();
  }

  // Sound goes on beside the connection. What only rang can no longer be answered: Asterisk rings again.
  cutOff() {
    this.wasLost = true;
    this.calls.forEach((call) => call.stage === 'ringing' && call.hangUp());
    this.went();
    this.dispatchEvent(new Event('away'));
  }

  registerAgain() {
    if (!this.mayRegister) return;
    this.ua.register();
    this.awaitAnswer();
  }

  // On a connection of its own the next try is not taken for the one that nobody answered.
  awaitAnswer() {
    clearTimeout(this.overdue);
    this.overdue = setTimeout(() => this.mayRegister && this.socket.giveUp(), REGISTER_LIMIT_MS);
  }

  get mayRegister() { return this.ua.isConnected() && !this.registered && !this.takenOver; }

  // Another window has the phone. Calls of this one go on here until their end.
  lose() {
    this.takenOver = true;
    this.ua.unregister();
    this.went();
    this.stopIfIdle();
  }

  stopIfIdle() {
    if (this.takenOver && !this.calls.size) this.ua.stop();
  }

  // -- calls ---------------------------------------------------------------------------------------

  adopt(session, request) {
    const call = new Call(session, { heard: () => this.changed(), over: (each, event) => this.over(each, event) });
    this.calls.set(call.id, call);
    call.useSpeaker(chosen().speaker);
    const answersItself = call.direction === 'in' && isToAnswer(request) && this.calls.size === 1;
    if (call.direction === 'in' && !answersItself) this.ringer.ring(chosen().ringer);
    if (call.direction === 'out') session.on('progress', ({ response }) => response?.body || this.ringer.ringback(chosen().speaker));
    session.on('accepted', () => this.quieten());
    if (answersItself) session.on('accepted', () => this.ringer.announce(chosen().speaker));
    this.dispatchEvent(new CustomEvent('call', { detail: call }));
    this.changed();
    if (answersItself) this.answerAtOnce(call);
  }

  over(call, { originator, cause }) {
    call.clear();
    this.calls.delete(call.id);
    this.quieten();
    const wasAnswered = call.session.start_time !== null;
    if (cause === 'Connection Error' && wasAnswered) this.dispatchEvent(new Event('call-lost'));
    if (originator !== 'local' && !wasAnswered && call.direction === 'out') {
      this.notice(`${written(call.peer)}: ${CAUSES[cause] ?? 'No se pudo llamar.'}`, true);
    }
    this.returnFrom(call);
    this.stopIfIdle();
    this.changed();
  }

  // The colleague who was asked is gone: back to the caller, who waits.
  returnFrom(consult) {
    const waiting = this.calls.get(consult.consultOf);
    if (waiting && this.ua.isConnected()) waiting.unhold();
  }

  quieten() {
    const rings = [...this.calls.values()].some((call) => call.stage === 'ringing');
    if (!rings) this.ringer.silence();
  }

  async answer(call) {
    if (call.direction !== 'in' || call.stage !== 'ringing' || call.microphone) return;
    const microphone = await this.readyToSpeak(call);
    if (call.over) close(microphone);
    else call.answer(microphone);
  }

  // Where it cannot be answered, for want of a microphone, it rings as any other.
  async answerAtOnce(call) {
    await this.carryOut('answer', call.id);
    if (!call.over && !call.microphone) this.ringer.ring(chosen().ringer);
  }

  async dial(to, consultOf = null) {
    const number = (to ?? '').replace(/[\s().-]/g, '');
    if (!NUMBER.test(number)) throw new Error('Escriba un número: solo cifras, * y #.');
    const microphone = await this.readyToSpeak(null);
    const target = `sip:${encodeURIComponent(number)}@${DOMAIN}`;
    const session = this.ua.call(target, { mediaStream: microphone, pcConfig: { iceServers: [] } });
    const call = this.calls.get(session.id);
    if (call) Object.assign(call, { microphone, consultOf, peer: number });
    else close(microphone);
  }

  // One conversation at a time: the others wait with music.
  async readyToSpeak(next) {
    const others = [...this.calls.values()].filter((call) => call !== next);
    const [microphone] = await Promise.all([openMicrophone(), ...others.map((call) => call.hold())]);
    return microphone;
  }

  async unhold(call) {
    const others = [...this.calls.values()].filter((each) => each !== call);
    await Promise.all(others.map((each) => each.hold()));
    await call.unhold();
  }

  hangUp(call) {
    if (this.ua.isConnected()) {
      call.hangUp(call.stage === 'ringing' && call.direction === 'in' ? REFUSED : undefined);
      return;
    }
    call.hangUpWhenBack = true;
    call.mute();
    call.audio.muted = true;
    this.notice('Sin conexión: la llamada se colgará en cuanto vuelva.', true);
  }

  // -- transfers -----------------------------------------------------------------------------------

  transfer(call, to) {
    const number = (to ?? '').replace(/[\s().-]/g, '');
    if (!NUMBER.test(number)) throw new Error('Escriba el número al que se transfiere.');
    this.refer(call, `sip:${encodeURIComponent(number)}@${DOMAIN}`);
  }

  async consult(call, to) {
    await this.dial(to, call.id);
  }

  // Both calls of a consultation: {waiting, consult}; nothing where the call is not part of one.
  pair(call) {
    const consult = call.consultOf ? call : [...this.calls.values()].find((each) => each.consultOf === call.id);
    const waiting = consult && this.calls.get(consult.consultOf);
    return waiting ? { waiting, consult } : null;
  }

  // Asterisk can only join what has been answered; a colleague whose phone still rings gets the caller blind.
  complete(call) {
    const pair = this.pair(call);
    if (!pair) throw new Error('No hay una consulta que completar.');
    const { waiting, consult } = pair;
    if (consult.stage !== 'ringing') {
      this.refer(waiting, consult.session.remote_identity.uri, consult);
      return;
    }
    consult.consultOf = null;
    consult.hangUp();
    this.transfer(waiting, consult.peer);
  }

  cancel(call) { this.pair(call)?.consult.hangUp(); }

  refer(call, target, consult = null) {
    const failed = () => this.notice('No se pudo transferir. La llamada sigue con usted.', true);
    const accepted = () => {
      if (consult) consult.consultOf = null;
      call.hangUp(); // Asterisk has taken the caller from this leg and leaves it to us
      this.notice('Llamada transferida.');
    };
    const eventHandlers = { accepted, failed, requestFailed: failed };
    call.session.refer(target, consult ? { replaces: consult.session, eventHandlers } : { eventHandlers });
  }

  // -- events --------------------------------------------------------------------------------------

  notice(text, bad = false) { this.dispatchEvent(new CustomEvent('notice', { detail: { text, bad } })); }

  changed() { this.dispatchEvent(new Event('change')); }
}

const WORK = {
  answer: (phone, call) => phone.answer(call),
  reject: (phone, call) => phone.hangUp(call),
  hangup: (phone, call) => phone.hangUp(call),
  mute: (_, call) => call.mute(),
  unmute: (_, call) => call.unmute(),
  hold: (_, call) => call.hold(),
  unhold: (phone, call) => phone.unhold(call),
  dtmf: (_, call, keys) => call.press(keys),
  dial: (phone, _, to) => phone.dial(to),
  transfer: (phone, call, to) => phone.transfer(call, to),
  consult: (phone, call, to) => phone.consult(call, to),
  complete: (phone, call) => phone.complete(call),
  cancel: (phone, call) => phone.cancel(call),
};
const NEEDS_LINE = new Set(['answer', 'hold', 'unhold', 'dial', 'transfer', 'consult', 'complete']);

// Of a campaign's call, whose customer must not wait, Asterisk says so itself (`troncal-offer`, Originate): what comes to
// this phone comes by the relay from our own Asterisk, and what a caller's INVITE has beside it does not get through it.
function isToAnswer(request) {
  return TO_ANSWER.test(request.getHeader('Call-Info') ?? '');
}

function token() {
  return crypto.randomUUID().slice(0, 8);
}
