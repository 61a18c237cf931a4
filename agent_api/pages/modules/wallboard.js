// The wallboard: nobody touches it for days, so it mends itself; once its link is revoked it says so.

import './clocks.js';

import { nowUs } from './clocks.js';
import { keepFitting } from './fitting.js';
import { watchLink } from './link_status.js';
import { follow, hear } from './live.js';
import { Part } from './parts.js';

const REVOKED = 'Este enlace se anuló. Pida uno nuevo a supervisión.';
const wall = document.getElementById('mural');
const { source } = wall.dataset;
const board = new Part(wall, `${source}/parte`);

watchLink();
keepFitting(wall, '.table-frame');
for (const event of ['board', 'all']) hear(event, () => board.wake());
follow(`${source}/eventos`, ['board'], { probe: `${source}/parte`, refused: revoked });

function revoked() {
  const told = document.createElement('p');
  told.className = 'notice';
  told.dataset.tone = 'bad';
  told.textContent = REVOKED;
  wall.replaceChildren(told);
}

function showTime() {
  const time = new Date(nowUs() / 1000);
  const shown = time.toLocaleTimeString('es-BO', { hour: '2-digit', minute: '2-digit', hour12: false });
  document.getElementById('hora').textContent = shown;
}
setInterval(showTime, 1000);
showTime();
