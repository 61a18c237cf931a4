// The calls as cards, made of the page's `<template id="llamada">` (templates/phone/call.html). A card stays while its call lasts,
// so that what is typed in it stays too. Elements with `data-hotkey="F2"` get that key (keys.js) on one card only, that of
// the call which is most urgent, and only while they are seen.

import { nowUs } from './clocks.js';
import { goInto } from './keys.js';
import { written } from './numbers.js';
import { qualityText } from './quality.js';

const STAGES = {
  ringing: { in: ['Llamada entrante', 'ring'], out: ['Llamando', 'accent'] },
  talking: { in: ['En conversación', 'good'], out: ['En conversación', 'good'] },
  held: { in: ['En espera, con música', 'warn'], out: ['En espera, con música', 'warn'] },
};

// Of the call into an agent's call: what the supervisor's own telephone does in it.
const SUPERVISION = {
  listen: ['Escucha: nadie lo oye', 'accent'],
  whisper: ['Habla al oído: el cliente no lo oye', 'warn'],
  barge: ['En la llamada: los dos lo oyen', 'ring'],
};

// What the service knows of the recording; of a call that is not the queue's there is nothing to say.
const RECORDING = {
  on: ['Grabando', 'good'],
  paused: ['Grabación en pausa', 'warn'],
  off: ['No se graba', ''],
};

// Which buttons a call has now.
const SHOWN = {
  answer: (call) => call.stage === 'ringing' && call.direction === 'in',
  reject: (call) => call.stage === 'ringing' && call.direction === 'in',
  hangup: (call) => call.stage !== 'ringing' || call.direction === 'out',
  mute: (call) => call.stage === 'talking',
  hold: (call) => call.stage !== 'ringing' && !call.consults,
  'recording-pause': (call) => call.recording?.status === 'on' || call.recording?.status === 'paused',
  complete: (call) => Boolean(call.consultOf),
  cancel: (call) => Boolean(call.consultOf),
};

export class CallCards {
  // `onDo(what, id, to)` hears what the agent wants.
  constructor(place, template, onDo) {
    Object.assign(this, { place, template, onDo, cards: new Map() });
  }

  show(calls) {
    const there = new Set(calls.map((call) => call.id));
    [...this.cards].filter(([id]) => !there.has(id)).forEach(([id, card]) => this.drop(id, card));
    const asking = new Set(calls.map((call) => call.consultOf));
    const first = mostUrgent(calls);
    calls.forEach((call) => this.write(call.id, { ...call, consults: asking.has(call.id) }, call === first));
  }

  drop(id, card) {
    card.remove();
    this.cards.delete(id);
  }

  write(id, call, hasKeys) {
    const card = this.cards.get(id) ?? this.make(id);
    const supervised = call.stage === 'talking' && SUPERVISION[call.supervises];
    const [stage, tone] = supervised || STAGES[call.stage][call.direction];
    card.dataset.stage = call.stage;
    put(card, '.call-peer', written(call.peer) || 'Número privado');
    put(card, '.call-stage', call.consultOf && call.stage !== 'ringing' ? 'Consulta' : stage);
    card.querySelector('.call-stage').dataset.tone = tone;
    card.querySelector('.call-muted').hidden = !call.muted || call.stage !== 'talking';
    writeRecording(card.querySelector('.call-recording'), call.recording);
    card.querySelector('.call-head [data-since-us]').dataset.sinceUs = Math.round(nowUs() - (Date.now() - call.since) * 1000);
    card.querySelector('.call-transfer').hidden = call.stage === 'ringing' || Boolean(call.consultOf) || call.consults;
    card.querySelector('.call-keypad').hidden = call.stage !== 'talking';
    writeQuality(card.querySelector('.call-quality'), call.quality);
    card.querySelectorAll('[data-do]').forEach((button) => writeButton(button, call));
    card.querySelectorAll('[data-hotkey]').forEach((each) => writeKey(each, hasKeys));
  }

  make(id) {
    const card = this.template.content.cloneNode(true).querySelector('.call');
    card.addEventListener('click', ({ target }) => this.clicked(id, card, target.closest('button')));
    card.addEventListener('keydown', (event) => this.typed(id, card, event));
    card.querySelectorAll('details').forEach((each) => each.addEventListener('toggle', () => goInto(each)));
    card.querySelector('form').addEventListener('submit', (event) => {
      event.preventDefault();
      this.onDo(event.submitter.value, id, new FormData(event.target).get('to'));
      event.target.closest('details').open = false;
    });
    this.place.append(card);
    this.cards.set(id, card);
    return card;
  }

  clicked(id, card, button) {
    if (button?.dataset.press) this.press(id, card, button.dataset.press);
    if (!button?.dataset.do) return;
    const isOn = button.getAttribute('aria-pressed') === 'true' || button.dataset.on === 'true';
    this.onDo(isOn ? button.dataset.else : button.dataset.do, id);
  }

  // Keys of the keyboard are keys of the telephone while its keypad has the focus.
  typed(id, card, event) {
    const inKeypad = event.target.closest('.call-keypad[open]');
    if (!inKeypad || !/^[0-9*#]$/.test(event.key)) return;
    event.preventDefault();
    this.press(id, card, event.key);
  }

  press(id, card, key) {
    const shown = card.querySelector('.call-pressed');
    shown.value = (shown.value + key).slice(-20);
    this.onDo('dtmf', id, key);
  }
}

function mostUrgent(calls) {
  return calls.find((call) => SHOWN.answer(call)) ?? calls.find((call) => call.stage !== 'held') ?? calls[0];
}

function writeButton(button, call) {
  const { do: what, else: other } = button.dataset;
  button.hidden = !SHOWN[what](call);
  if (what === 'recording-pause') writeLabel(button, call.recording?.status === 'paused');
  else if (other) button.setAttribute('aria-pressed', String(what === 'mute' ? call.muted : call.stage === 'held'));
}

// A button that says what it will do, and not that it is pressed.
function writeLabel(button, isOn) {
  const text = isOn ? button.dataset.labelElse : button.dataset.label;
  button.dataset.on = String(isOn);
  if (button.firstChild.textContent.trim() !== text) button.firstChild.textContent = text;
}

function writeRecording(shown, recording) {
  shown.hidden = !recording;
  if (!recording) return;
  const [text, tone] = RECORDING[recording.status];
  const badge = shown.querySelector('.badge');
  if (badge.textContent !== text) badge.textContent = text;
  badge.dataset.tone = tone;
  const clock = shown.querySelector('.figure');
  clock.hidden = recording.status !== 'paused';
  clock.dataset.sinceUs = recording.sinceUs;
}

// A key works one call: the most urgent one, and only what can be seen of it.
function writeKey(element, hasKeys) {
  const key = hasKeys && !element.closest('[hidden]') ? element.dataset.hotkey : undefined;
  if (element.dataset.key === key) return;
  element.querySelector('kbd')?.remove();
  delete element.dataset.key;
  if (!key) return;
  element.dataset.key = key;
  element.append(' ', Object.assign(document.createElement('kbd'), { textContent: key }));
}

function writeQuality(shown, quality) {
  shown.hidden = !quality;
  if (!quality) return;
  shown.dataset.level = quality.level;
  const text = `Línea ${qualityText(quality)}`;
  if (shown.textContent !== text) shown.textContent = text;
}

function put(card, selector, text) {
  const element = card.querySelector(selector);
  if (element.textContent !== text) element.textContent = text;
}
