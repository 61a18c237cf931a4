// How good the line is, from what the browser counts of its own sound packets.

const EVERY_MS = 2000;
const GOOD_SCORE = 4.0;
const FAIR_SCORE = 3.6;
const BUFFER_MS = 20;

// Look at a connection every two seconds until the returned function is called.
// onQuality({level: 'good|fair|bad|silent', score, lossPercent, roundTripMs, jitterMs, received})
export function watchQuality(connection, onQuality) {
  let last = null;
  const look = async () => {
    const now = counted(await connection.getStats());
    if (last) onQuality(judged(last, now));
    last = now;
  };
  const timer = setInterval(() => look().catch(() => clearInterval(timer)), EVERY_MS);
  return () => clearInterval(timer);
}

// What a report of statistics says of the sound that comes in, and of the way there and back.
export function counted(report) {
  const counts = { received: 0, lost: 0, jitterMs: 0, roundTripMs: 0 };
  for (const each of report.values()) {
    if (each.type === 'inbound-rtp' && each.kind === 'audio') {
      counts.received = each.packetsReceived ?? 0;
      counts.lost = Math.max(0, each.packetsLost ?? 0);
      counts.jitterMs = (each.jitter ?? 0) * 1000;
    } else if (each.type === 'candidate-pair' && each.nominated) {
      counts.roundTripMs = (each.currentRoundTripTime ?? 0) * 1000;
    }
  }
  return counts;
}

// The quality between two counts.
export function judged(before, now) {
  const received = now.received - before.received;
  const lost = Math.max(0, now.lost - before.lost);
  const lossPercent = received + lost ? (100 * lost) / (received + lost) : 0;
  const { roundTripMs, jitterMs } = now;
  const score = meanOpinion(lossPercent, roundTripMs / 2 + 2 * jitterMs + BUFFER_MS);
  return { level: received ? level(score) : 'silent', score, lossPercent, roundTripMs, jitterMs, received };
}

// ITU-T G.107, shortened: G.711 with concealment of losses (Bpl 25.1), one way's delay in milliseconds; 1 to 4.5.
export function meanOpinion(lossPercent, delayMs) {
  const delay = 0.024 * delayMs + (delayMs > 177.3 ? 0.11 * (delayMs - 177.3) : 0);
  const loss = (95 * lossPercent) / (lossPercent + 25.1);
  const rating = Math.min(100, Math.max(0, 93.2 - delay - loss));
  return 1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6;
}

function level(score) {
  if (score >= GOOD_SCORE) return 'good';
  return score >= FAIR_SCORE ? 'fair' : 'bad';
}

const NAMES = { good: 'buena', fair: 'regular', bad: 'mala', silent: 'sin sonido de la otra parte' };

// The quality in words.
export function qualityText({ level: found, lossPercent, roundTripMs }) {
  if (found === 'silent') return NAMES.silent;
  const loss = lossPercent.toFixed(1).replace('.', ',');
  return `${NAMES[found]} · pérdida ${loss} % · demora ${Math.round(roundTripMs)} ms`;
}
