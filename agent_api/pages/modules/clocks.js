// Clocks that run: `data-since-us` counts up, `data-until-us` down to zero, in the centre's time and not the computer's.
// A countdown that is over has the class `due`.

const offsetUs = serverNowUs() - Date.now() * 1000;

// The page says what time it was when it was made; it began to arrive at about that moment.
function serverNowUs() {
  const madeUs = Number(document.querySelector('meta[name="now-us"]')?.content ?? 0);
  if (!madeUs) return Date.now() * 1000;
  const [navigation] = performance.getEntriesByType('navigation');
  return madeUs + (performance.now() - (navigation?.responseStart ?? 0)) * 1000;
}

export function nowUs() {
  return Date.now() * 1000 + offsetUs;
}

// `00:20`, `02:03`, `1:02:03`.
export function stopwatch(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (number) => String(number).padStart(2, '0');
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${two(minutes)}:${two(rest)}`;
}

export function tick(root = document) {
  const now = nowUs();
  for (const clock of root.querySelectorAll('[data-since-us]')) {
    show(clock, (now - Number(clock.dataset.sinceUs)) / 1e6);
  }
  for (const clock of root.querySelectorAll('[data-until-us]')) {
    const left = (Number(clock.dataset.untilUs) - now) / 1e6;
    show(clock, Math.ceil(left));
    clock.classList.toggle('due', left <= 0);
  }
}

// Only what changes is written: a screen reader and the layout are left in peace.
function show(clock, seconds) {
  const text = stopwatch(seconds);
  if (clock.textContent !== text) clock.textContent = text;
}

setInterval(() => tick(), 250);
document.addEventListener('DOMContentLoaded', () => tick());
tick();
