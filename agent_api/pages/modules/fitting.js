// A screen that nobody scrolls: everything on it is measured in rem, and where it does not fit (another typeface, more
// queues) the rem is made smaller. It grows back only now and then, so that the figures do not breathe.

const STEPS = 24;
const STEP = 0.97;
const GROW_MS = 60_000;
const { documentElement: root } = document;

// `content`: what changes on the screen. `frames`: a selector of what must not be scrolled within it.
export function keepFitting(content, frames) {
  const fits = () => [root, ...content.querySelectorAll(frames)].every(isWhole);
  const grow = () => shrink(fits, 0);
  new MutationObserver(() => shrink(fits)).observe(content, { childList: true, subtree: true, characterData: true });
  addEventListener('resize', grow);
  document.fonts.ready.then(grow);
  setInterval(grow, GROW_MS);
  grow();
}

let step = 0;

function shrink(fits, from = step) {
  set(from);
  while (step < STEPS && !fits()) set(step + 1);
}

function set(wanted) {
  step = wanted;
  root.style.setProperty('--fit', STEP ** step);
}

function isWhole({ scrollWidth, clientWidth, scrollHeight, clientHeight }) {
  return scrollWidth <= clientWidth && scrollHeight <= clientHeight;
}
