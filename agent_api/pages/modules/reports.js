// Reports: the catalogue is searched while one types, files are made meanwhile and shown with how far they are, and what
// was chosen is kept as a view.

import './keys.js';

import { part } from './fetched.js';
import { hear } from './live.js';
import { morph } from './morph.js';
import { fieldsOf } from './orders.js';

const AGAIN_MS = 700;

// Searching: what has not all the words is hidden, and so is a group without anything left.

const plain = (text) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

function search(field) {
  const place = document.getElementById(field.dataset.search);
  const words = plain(field.value).split(/\s+/).filter(Boolean);
  const all = [...place.querySelectorAll('[data-found]')];
  for (const each of all) each.hidden = !words.every((word) => plain(each.dataset.found).includes(word));
  for (const group of place.querySelectorAll('[data-group]')) {
    group.hidden = !group.querySelector('[data-found]:not([hidden])');
  }
  const found = all.filter((each) => !each.hidden).length;
  const said = document.getElementById(`hallados-${field.id === 'buscar-informe' ? 'informes' : 'cifras'}`);
  said.textContent = words.length ? `${found} de ${all.length}` : '';
}

const searching = document.querySelector('[data-search]');
if (searching) {
  searching.addEventListener('input', () => search(searching));
  searching.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter') return;
    const place = document.getElementById(searching.dataset.search);
    place.querySelector('[data-found]:not([hidden]) a')?.click();
  });
  if (searching.value) search(searching);
  document.addEventListener('keydown', (event) => {
    const writes = event.target.closest?.('input, textarea, select');
    if (event.key !== '/' || event.ctrlKey || event.altKey || event.metaKey || writes) return;
    event.preventDefault();
    searching.focus();
  });
}

// Files

const exports = document.querySelector('[data-exports]');
let timer = 0;

async function read() {
  timer = 0;
  const html = await part(exports.dataset.exports);
  if (html !== null) morph(exports, html);
  if (html === null || exports.querySelector('[data-moving]')) again();
}

function again(afterMs = AGAIN_MS) {
  timer ||= setTimeout(read, afterMs);
}

if (exports) {
  hear('ordered', () => again(0));
  if (exports.querySelector('[data-moving]')) again();
}

// A view: its name from the form, what was asked for from the page.

for (const form of document.querySelectorAll('form[data-saves]')) {
  form.addEventListener('submit', () => {
    form.dataset.body = JSON.stringify({ ...fieldsOf(form), ...JSON.parse(form.dataset.saves) });
    form.closest('details').open = false;
  });
}

// A report by mail: what a view asks for, and addresses that stand in lines.

for (const form of document.querySelectorAll('form[data-schedules]')) {
  form.addEventListener('submit', () => {
    const recipients = form.querySelector('[data-recipients]').value.split(/[\s,;]+/).filter(Boolean);
    const view = JSON.parse(form.querySelector('[data-view]').value);
    form.dataset.body = JSON.stringify({ ...fieldsOf(form), ...view, recipients });
  });
}
