// Work by one key: an element with `data-key="F2"` or `data-key="Alt+1"` is clicked by that key, and shows it as <kbd>.
// A key that writes something into a field does that and nothing else, as does one that was taken before it came here.

const FIELDS = 'input, textarea, select, [contenteditable]';

document.addEventListener('keydown', (event) => {
  const name = nameOf(event);
  if (event.defaultPrevented || event.repeat || event.isComposing || !name || isWriting(event)) return;
  const element = [...document.querySelectorAll(`[data-key="${CSS.escape(name)}"]`)].find(canBeUsed);
  if (!element) return;
  event.preventDefault();
  element.click();
  goInto(element.closest('summary')?.parentElement);
});

// Whoever opens something by its key goes on with the keyboard there, at once: the next key may come before `toggle` does.
export function goInto(details) {
  if (details?.open) details.querySelector('input, [data-press]')?.focus();
}

// By the place on the keyboard where Alt is held: Alt makes other signs of letters and digits on some keyboards.
function nameOf(event) {
  if (event.metaKey || event.getModifierState('AltGraph')) return '';
  const placed = /^(?:Key|Digit|Numpad)([A-Z0-9])$/.exec(event.code)?.[1];
  const key = event.altKey && placed ? placed : event.key.length === 1 ? event.key.toUpperCase() : event.key;
  return `${event.ctrlKey ? 'Ctrl+' : ''}${event.altKey ? 'Alt+' : ''}${event.shiftKey && key.length > 1 ? 'Mayús+' : ''}${key}`;
}

function isWriting(event) {
  const inField = event.target instanceof Element && event.target.closest(FIELDS);
  const writes = !event.altKey && !event.ctrlKey && !/^F\d+$/.test(event.key);
  return Boolean(inField) && writes;
}

// While a question is open, only what belongs to it.
function canBeUsed(element) {
  const asked = document.querySelector('dialog:modal');
  const usable = !element.disabled && element.getAttribute('aria-disabled') !== 'true';
  return usable && element.checkVisibility() && (!asked || asked.contains(element));
}
