// The phone's connection to the service: a websocket of SIP that notices when the other side is silent, and hears
// from the relay that another window has taken the phone.

import JsSIP from 'jssip';

const PING = '\r\n\r\n'; // RFC 5626, 3.5.1: answered by the relay
const PING_EVERY_MS = 3000;
const TAKEN_OVER = 'troncal:taken-over';
const LONGEST_HEAD_START_MS = 400; // two hundred phones lose the service at once: they do not come back at once

export class SipSocket extends JsSIP.WebSocketInterface {
  constructor(url, onTakenOver) {
    super(url);
    this.onTakenOver = onTakenOver;
    this.unanswered = false;
    this.tries = 0;
    setInterval(() => this.ping(), PING_EVERY_MS);
  }

  connect() {
    const wait = this.tries++ ? Math.random() * LONGEST_HEAD_START_MS : 0;
    clearTimeout(this.coming);
    this.coming = setTimeout(() => super.connect(), wait);
  }

  disconnect() {
    clearTimeout(this.coming);
    super.disconnect();
  }

  ping() {
    if (!this.isConnected()) return;
    if (this.unanswered) {
      this.giveUp();
      return;
    }
    this.unanswered = true;
    this.send(PING);
  }

  // A connection that is dead without an error: the browser would wait for minutes.
  giveUp() {
    this.disconnect();
    this.ondisconnect(true, 4408, 'silent');
  }

  _onOpen() {
    this.unanswered = false;
    super._onOpen();
  }

  _onMessage(event) {
    this.unanswered = false;
    if (event.data === TAKEN_OVER) this.onTakenOver();
    else super._onMessage(event);
  }
}
