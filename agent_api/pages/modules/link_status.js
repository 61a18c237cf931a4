// Says in `#enlace` whether what the page shows is true now: of its own stream, and of every node's telephony.

import { hear } from './live.js';

const HERE = '';
const UP = 'Conectado.';
const NO_STREAM = 'Sin conexión con Troncal: lo que se ve puede estar atrasado.';
const away = new Map(); // node -> {text, sinceMs, state: lost or degraded}; HERE is the stream itself

// `bridges` false: the page itself says which telephony is away.
export function watchLink(shown = document.getElementById('enlace'), { bridges = true } = {}) {
  if (!shown) return;
  hear('link', ({ up, since }) => learn(shown, HERE, up, NO_STREAM, since));
  if (!bridges) return;
  hear('bridge', (link) => learnBridge(shown, link));
  hear('floor', ({ links = [] }) => links.forEach((link) => learnBridge(shown, link)));
}

function learnBridge(shown, link) {
  learn(shown, link.node, link.state === 'up', link.text, link.since_us / 1000, link.state);
}

function learn(shown, node, up, text, sinceMs, state = 'lost') {
  if (up) away.delete(node);
  else away.set(node, { text, sinceMs, state });
  write(shown, away.get(HERE) ?? [...away.values()].find((fault) => fault.state === 'lost') ?? away.values().next().value);
}

function write(shown, fault) {
  const text = fault ? `${fault.text} Desde las ${clockTime(fault.sinceMs)}.` : UP;
  shown.dataset.state = fault?.state ?? 'up';
  if (shown.textContent !== text) shown.textContent = text;
}

function clockTime(ms) {
  return new Date(ms).toLocaleTimeString('es-BO', { hour: '2-digit', minute: '2-digit', hour12: false });
}
