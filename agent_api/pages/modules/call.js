// One call of the phone: a session of JsSIP as an agent sees it, its microphone and its loudspeaker.

import { close, send } from './devices.js';
import { watchQuality } from './quality.js';

const NO_SERVERS = { iceServers: [] };
const FIRST_CANDIDATE_WAIT_MS = 100; // a gathering that waits for an address that never comes holds up the answer
const KEYS = { transportType: 'RFC2833', duration: 100, interToneGap: 100 };
// The caller's name that the bridge gives to a supervisor's call (ami_bridge/actions/forms/originates.py).
const SUPERVISION = /^troncal-(listen|whisper|barge)$/;
const RENEW_TRIES = 20;
const RENEW_AGAIN_MS = 250;

// `heard(call)` hears of every change; `over(call, event)` of the end, with JsSIP's cause and originator.
export class Call {
  constructor(session, { heard, over }) {
    this.session = session;
    this.id = session.id;
    this.direction = session.direction === 'incoming' ? 'in' : 'out';
    this.peer = session.remote_identity.uri.user ?? '';
    this.supervises = SUPERVISION.exec(session.remote_identity.display_name ?? '')?.[1] ?? null;
    this.since = Date.now();
    this.consultOf = null; // the held call of which this one asks a colleague
    this.quality = null;
    this.microphone = null;
    this.hangUpWhenBack = false;
    this.stopWatching = () => {};
    this.audio = document.createElement('audio');
    this.audio.autoplay = true;
    this.listen(heard, over);
  }

  listen(heard, over) {
    const { session } = this;
    const changed = () => heard(this);
    const restarted = () => {
      this.since = Date.now();
      changed();
    };
    if (session.connection) this.follow(session.connection);
    session.on('peerconnection', ({ peerconnection }) => this.follow(peerconnection));
    session.on('icecandidate', ({ candidate, ready }) => {
      if (candidate.type === 'host') setTimeout(ready, FIRST_CANDIDATE_WAIT_MS);
    });
    session.on('accepted', restarted);
    session.on('hold', restarted);
    session.on('unhold', restarted);
    session.on('muted', changed);
    session.on('unmuted', changed);
    session.on('confirmed', () => this.watch(changed));
    session.on('ended', (event) => over(this, event));
    session.on('failed', (event) => over(this, event));
  }

  get stage() {
    if (!this.session.isEstablished()) return 'ringing';
    return this.session.isOnHold().local ? 'held' : 'talking';
  }

  get muted() { return this.session.isMuted().audio; }

  get over() { return this.session.isEnded(); }

  // What the other windows may know of it.
  snapshot() {
    const { id, direction, peer, stage, muted, since, consultOf, quality, supervises } = this;
    return { id, direction, peer, stage, muted, since, consultOf, quality, supervises };
  }

  media(microphone) {
    this.microphone = microphone;
    return { mediaStream: microphone, pcConfig: NO_SERVERS };
  }

  answer(microphone) { this.session.answer(this.media(microphone)); }

  follow(connection) {
    connection.addEventListener('track', ({ track }) => {
      this.audio.srcObject = new MediaStream([track]);
    });
  }

  watch(changed) {
    this.stopWatching();
    this.stopWatching = watchQuality(this.session.connection, (quality) => {
      this.quality = this.stage === 'talking' ? quality : null;
      changed();
    });
  }

  hangUp(status = undefined) {
    if (!this.over) this.session.terminate(status ? { status_code: status } : {});
  }

  mute() { this.session.mute({ audio: true }); }

  unmute() { this.session.unmute({ audio: true }); }

  press(keys) { this.session.sendDTMF(keys, KEYS); }

  // Resolves when Asterisk has agreed; at once where there is nothing to do.
  hold() { return this.renegotiate('hold', this.stage === 'talking'); }

  unhold() { return this.renegotiate('unhold', this.stage === 'held'); }

  async renegotiate(what, needed) {
    if (!needed) return;
    // An earlier change may still be under way: what is pressed meanwhile is not lost.
    for (let tries = RENEW_TRIES; tries && !this.over; tries -= 1) {
      if (await this.changed(what)) return;
      await new Promise((again) => { setTimeout(again, RENEW_AGAIN_MS); });
    }
  }

  // False where it could not begin; else true when Asterisk has agreed, or the call is over.
  changed(what) {
    return new Promise((resolve) => {
      const done = () => resolve(true);
      this.session.on('ended', done);
      if (!this.session[what]({}, done)) resolve(false);
    });
  }

  // The service was away and the phone came back over another connection: a new offer shows Asterisk where it is now. A
  // call that ended meanwhile is over by Asterisk's answer.
  renew(tries = RENEW_TRIES) {
    if (this.over || !this.session.isEstablished()) return;
    if (this.hangUpWhenBack) this.hangUp();
    else if (!this.session.renegotiate() && tries) setTimeout(() => this.renew(tries - 1), RENEW_AGAIN_MS);
  }

  async useMicrophone(stream) {
    const [track] = stream.getAudioTracks();
    const sender = this.session.connection?.getSenders().find((each) => each.track?.kind === 'audio');
    if (!sender) {
      close(stream);
      return;
    }
    track.enabled = sender.track.enabled;
    await sender.replaceTrack(track);
    close(this.microphone);
    this.microphone = stream;
  }

  useSpeaker(deviceId) { return send(this.audio, deviceId); }

  clear() {
    this.stopWatching();
    close(this.microphone);
    this.audio.srcObject = null;
    this.audio.remove();
  }
}
