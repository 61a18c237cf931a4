// The line between the desk and the phone's window, in one browser: BroadcastChannel 'troncal-telefono'.
//
// phone -> desk  {type: 'state', window, extension, registered, takenOver, calls: [{id, direction: 'in|out', peer,
//                 stage: 'ringing|talking|held', muted, since, consultOf, quality, supervises: null|'listen|whisper|barge'}]}
//                since: Date.now() milliseconds
//                {type: 'notice', window, text, bad}       what the agent should know
//                {type: 'gone', window}                    the window closes
// desk -> phone  {type: 'who'}                             asks for the state
//                {type: 'do', what, id, to}                what: answer reject mute unmute hold unhold hangup dtmf dial
//                                                          transfer consult complete cancel
// `id` is the call's, `to` a number (dial, transfer, consult) or keys (dtmf); complete and cancel name either call.

export const CHANNEL = 'troncal-telefono';
export const ASK_EVERY_MS = 3000;
export const ANSWER_WITHIN_MS = 1000;

// The phone's end. `stateNow` gives the state to send, `carryOut(what, id, to)` does what a desk asks.
export class PhoneEnd {
  constructor(stateNow, carryOut) {
    this.window = crypto.randomUUID();
    this.stateNow = stateNow;
    this.carryOut = carryOut;
    this.channel = new BroadcastChannel(CHANNEL);
    this.channel.onmessage = ({ data }) => this.hear(data);
  }

  hear(message) {
    if (message?.type === 'who') this.sendState();
    if (message?.type === 'do') this.carryOut(message.what, message.id, message.to);
  }

  sendState() {
    this.channel.postMessage({ type: 'state', window: this.window, ...this.stateNow() });
  }

  notice(text, bad = false) {
    this.channel.postMessage({ type: 'notice', window: this.window, text, bad });
  }

  leave() {
    this.channel.postMessage({ type: 'gone', window: this.window });
  }
}

// The desk's end, for one extension. `onState(state)` hears every state of the phone that counts, and null when no
// window has it (any more): then the desk works the call through Asterisk. `onNotice(text, bad)` is optional.
export class DeskEnd {
  constructor(extension, onState, onNotice = () => {}) {
    this.extension = extension;
    this.onState = onState;
    this.onNotice = onNotice;
    this.windows = new Map(); // window -> {state, heard: milliseconds}
    this.channel = new BroadcastChannel(CHANNEL);
    this.channel.onmessage = ({ data }) => this.hear(data);
    this.timer = setInterval(() => this.ask(), ASK_EVERY_MS);
    this.ask();
  }

  // The phone's state, or null without a phone window. One that lost the phone counts only if there is no other.
  get state() {
    const known = [...this.windows.values()].map((each) => each.state);
    return known.find((state) => !state.takenOver) ?? known[0] ?? null;
  }

  do(what, id = null, to = null) {
    this.channel.postMessage({ type: 'do', what, id, to });
  }

  ask() {
    const asked = Date.now();
    this.channel.postMessage({ type: 'who' });
    setTimeout(() => this.forget(asked), ANSWER_WITHIN_MS);
  }

  close() {
    clearInterval(this.timer);
    this.channel.close();
  }

  hear(message) {
    if (message?.type === 'state' && message.extension === this.extension) {
      this.windows.set(message.window, { state: message, heard: Date.now() });
      this.onState(this.state);
    }
    if (message?.type === 'notice' && this.windows.has(message.window)) this.onNotice(message.text, message.bad);
    if (message?.type === 'gone' && this.windows.delete(message.window)) this.onState(this.state);
  }

  forget(asked) {
    const silent = [...this.windows].filter(([, each]) => each.heard < asked);
    silent.forEach(([window]) => this.windows.delete(window));
    if (silent.length || !this.windows.size) this.onState(this.state);
  }
}
