// The wallboard: nobody touches it for days, so it mends itself; once its link is revoked it says so.

import './clocks.js';

import { nowUs } from './clocks.js';
import { keepFitting } from './fitting.js';
import { watchLink } from './link_status.js';
import { follow, hear } from './live.js';
import { Part } from './parts.js';

const REVOKED = 'Este enlace se anuló. Pida uno nuevo a supervisión.';
const wallboard = document.getElementById('mural');
const { source } = wallboard.dataset;
const board = new Part(wallboard, `${source}/parte`);

watchLink();
keepFitting(wallboard, '.table-frame');
for (const event of ['board', 'all']) hear(event, () => board.wake());
follow(`${source}/eventos`, ['board'], { probe: `${source}/parte`, refused: revoked });

function revoked() {
  const notice = document.createElement('p');
  notice.className = 'notice';
  notice.dataset.tone = 'bad';
  notice.textContent = REVOKED;
  wallboard.replaceChildren(notice);
}

function showTime() {
  const time = new Date(nowUs() / 1000);
  const shown = time.toLocaleTimeString('es-BO', { hour: '2-digit', minute: '2-digit', hour12: false });
  document.getElementById('hora').textContent = shown;
}
setInterval(showTime, 1000);
showTime();
