// What the phone sounds like by itself: the ring, the tone while the other side rings, the test of a loudspeaker.

const RING = { tones: [440, 480], on: 1, off: 2 }; // seconds
const RINGBACK = { tones: [425], on: 1, off: 4 }; // as the national network sounds
const ANSWERED = { tones: [880], on: 0.35, off: 0 };
const TEST = { tones: [660], on: 0.6, off: 0 };
const LOUDNESS = 0.2;
const SOFT_EDGE = 0.02;

export class Ringer {
  constructor() {
    this.context = null;
    this.playing = null;
    this.stop = () => this.silence();
  }

  ring(deviceId) { this.play(RING, deviceId); }

  ringback(deviceId) { this.play(RINGBACK, deviceId); }

  test(deviceId) {
    this.play(TEST, deviceId);
    setTimeout(this.stop, TEST.on * 1000 + 100);
  }

  // A call was answered by itself: the agent is to know that somebody hears them now.
  announce(deviceId) {
    this.play(ANSWERED, deviceId);
    setTimeout(this.stop, ANSWERED.on * 1000 + 100);
  }

  // Browsers play nothing before the person has touched the page, unless it may use the microphone.
  get allowed() { return this.context?.state === 'running'; }

  async allow() { await this.open().resume(); }

  open() {
    this.context ??= new AudioContext();
    return this.context;
  }

  async play(pattern, deviceId) {
    if (this.playing?.pattern === pattern) return;
    this.silence();
    const context = this.open();
    const gain = new GainNode(context, { gain: 0 });
    const tones = pattern.tones.map((frequency) => new OscillatorNode(context, { frequency }));
    this.playing = { pattern, gain, tones };
    tones.forEach((tone) => tone.connect(gain));
    gain.connect(context.destination);
    await Promise.allSettled([context.resume(), context.setSinkId?.(deviceId ?? '')]);
    tones.forEach((tone) => tone.start());
    beat(context, gain.gain, pattern);
  }

  silence() {
    const { gain, tones } = this.playing ?? { tones: [] };
    tones.forEach((tone) => tone.disconnect());
    gain?.disconnect();
    this.playing = null;
  }
}

// Ten minutes of it, written down ahead: timers of a hidden window are not to be relied on.
function beat(context, volume, { on, off }) {
  const rounds = off ? Math.ceil(600 / (on + off)) : 1;
  for (let round = 0; round < rounds; round += 1) {
    const begins = context.currentTime + round * (on + off);
    volume.setTargetAtTime(LOUDNESS, begins, SOFT_EDGE);
    volume.setTargetAtTime(0, begins + on, SOFT_EDGE);
  }
}
