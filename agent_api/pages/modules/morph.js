// Makes a part of the page what was just read, touching only what is other: the focus, what is open and what a screen
// reader reads stay where they are. Elements that come and go have an `id`.

import { tick } from './clocks.js';

const OWN = new Set(['open', 'aria-busy']); // what the person opened stays open, what is being ordered stays so
const CLOCKS = ['data-since-us', 'data-until-us'];

export function morph(container, html) {
  const fresh = document.createElement('template');
  fresh.innerHTML = html;
  const focused = document.activeElement;
  const hadFocus = container.contains(focused);
  children(container, fresh.content);
  tick(container);
  if (hadFocus) keepFocus(container, focused);
}

// Who worked at a row that has gone is left at the part, not at the top of the page.
function keepFocus(container, focused) {
  if (!focused.isConnected) container.closest('[tabindex]')?.focus({ preventScroll: true });
  else if (document.activeElement !== focused) focused.focus({ preventScroll: true });
}

function children(old, fresh) {
  const byId = new Map([...old.children].filter((child) => child.id).map((child) => [child.id, child]));
  let place = old.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    const found = wanted.id ? byId.get(wanted.id) : pastText(place, wanted);
    if (!found || found.nodeName !== wanted.nodeName) {
      old.insertBefore(wanted, place);
      continue;
    }
    if (pastText(place, found) !== found) old.insertBefore(found, place);
    else place = removed(place, found).nextSibling;
    node(found, wanted);
  }
  removed(place, null);
}

// The node for `wanted` at this place, or after the text here: to move an element would take the focus from it.
function pastText(place, wanted) {
  let at = place;
  while (at?.nodeType === Node.TEXT_NODE && at.nodeType !== wanted.nodeType) at = at.nextSibling;
  return fits(at, wanted) ? at : null;
}

function fits(at, wanted) {
  return at && at.nodeType === wanted.nodeType && at.nodeName === wanted.nodeName && at.id === wanted.id;
}

// Everything from `place` up to `end` goes.
function removed(place, end) {
  while (place !== end) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
  return end;
}

function node(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  attributes(old, fresh);
  const isClock = CLOCKS.some((name) => fresh.hasAttribute(name));
  if (!isClock) children(old, fresh);
}

function attributes(old, fresh) {
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && !OWN.has(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
}
