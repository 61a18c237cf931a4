// Lists of campaigns: the upload with its progress, and a load that goes on by itself. What is being done is read from the
// service until it stands still; what a person decides of it are orders (orders.js).

import './keys.js';

import { enterAgain } from './entrance.js';
import { part } from './fetched.js';
import { hear } from './live.js';
import { morph } from './morph.js';
import { order } from './orders.js';

const AGAIN_MS = 700;
const BROKEN = 'La subida se cortó y no se guardó nada: revise la conexión y suba el archivo otra vez.';

// The upload: the file itself is the body, so that nobody holds it as a whole.

class Upload {
  constructor(form) {
    this.form = form;
    this.sent = form.querySelector('[data-sent]');
    this.bar = this.sent.querySelector('progress');
    this.words = form.querySelector('[data-sent-words]');
    this.fault = form.querySelector('[data-fault]');
    this.stop = form.querySelector('[data-stop]');
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.begin(form.elements.archivo.files[0]);
    });
    this.stop.addEventListener('click', () => this.request?.abort());
  }

  begin(file) {
    if (!file || this.request) return;
    if (file.size > Number(this.form.dataset.mostBytes)) return this.failed(this.form.dataset.tooLarge);
    const request = (this.request = new XMLHttpRequest());
    request.open('POST', `${this.form.dataset.upload}&file_name=${encodeURIComponent(file.name)}`);
    request.setRequestHeader('Accept', 'application/json');
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.setRequestHeader('X-CSRF-Token', document.querySelector('meta[name="csrf"]')?.content ?? '');
    request.responseType = 'json';
    request.upload.addEventListener('progress', ({ loaded, total }) => this.progress(loaded, total));
    request.addEventListener('load', () => this.answered(request));
    for (const end of ['error', 'abort', 'timeout']) request.addEventListener(end, () => this.failed(BROKEN));
    this.going(true);
    request.send(file);
  }

  going(is) {
    this.fault.hidden = true;
    this.sent.hidden = !is;
    this.stop.hidden = !is;
    this.form.querySelector('.main').disabled = is;
    this.progress(0, 1);
  }

  progress(loaded, total) {
    const share = Math.floor((100 * loaded) / Math.max(1, total));
    this.bar.value = share;
    this.words.textContent = share < 100 ? `${share} %` : 'Un momento…';
  }

  answered({ status, response }) {
    if (status === 401) return enterAgain();
    if (status !== 200) return this.failed(response?.detail ?? BROKEN);
    location.assign(`/campanas/listas/${response.id}`);
  }

  failed(text) {
    this.request = null;
    this.going(false);
    this.fault.textContent = text;
    this.fault.hidden = false;
  }
}

for (const form of document.querySelectorAll('form[data-upload]')) new Upload(form);

// A load

const load = document.querySelector('[data-load]');
let timer = 0;

async function read() {
  timer = 0;
  const html = await part(load.dataset.load);
  if (html !== null) morph(load, html);
  if (html === null || load.querySelector('[data-moving]')) again();
}

function again(afterMs = AGAIN_MS) {
  timer ||= setTimeout(read, afterMs);
}

if (load) {
  hear('ordered', () => again(0));
  if (load.querySelector('[data-moving]')) again();
}

document.addEventListener('submit', (event) => {
  const form = event.target.closest('form[data-columns]');
  if (!form) return;
  event.preventDefault();
  sayColumns(form);
});

async function sayColumns(form) {
  const chosen = [...form.querySelectorAll('[data-column]')].filter((select) => select.value);
  const fields = Object.fromEntries(chosen.map((select) => [select.dataset.column, select.value]));
  const { ok } = await order('PUT', form.dataset.columns, { fields });
  if (ok) again(0);
}
