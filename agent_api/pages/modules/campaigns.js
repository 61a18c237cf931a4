// Campaigns: their list and each one live, the question why one waits, the forms of its settings and its agents.

import './clocks.js';
import './keys.js';

import { watchLink } from './link_status.js';
import { follow } from './live.js';
import { fieldsOf } from './orders.js';
import { startParts } from './parts.js';
import { startSearch } from './search.js';

const EVENTS = ['floor', 'bridge', 'campaign'];
const found = (id) => document.getElementById(id);

if (document.querySelector('[data-reads]')) {
  watchLink();
  startParts();
  follow('/api/floor/events', EVENTS);
}
if (found('preguntar')) startSearch(found('preguntar'), found('explicacion'));

// The settings: hours and pauses are tables, segments a line with commas.

function hoursOf(form) {
  const spans = [...form.querySelectorAll('[data-span]')].map((row) => ({
    days: [...row.querySelectorAll('[data-day]:checked')].map(({ dataset }) => dataset.day),
    opens: row.querySelector('[data-opens]').value,
    closes: row.querySelector('[data-closes]').value,
  }));
  return spans.filter(({ days, opens, closes }) => days.length || opens || closes);
}

function settingsOf(form) {
  const pauses = [...form.querySelectorAll('[data-pause]')].map((field) => [field.dataset.pause, Number(field.value)]);
  const segments = form.querySelector('[data-segments]').value.split(',').map((each) => each.trim());
  return {
    ...fieldsOf(form),
    hours: hoursOf(form),
    segments: segments.filter(Boolean),
    pause_minutes: Object.fromEntries(pauses),
    ...(form.dataset.seen && { seen: JSON.parse(form.dataset.seen) }),
  };
}

// A row of hours that is begun is to be whole: said at the field, before anything is sent.
function askForWholeHours(form) {
  for (const row of form.querySelectorAll('[data-span]')) {
    const [opens, closes] = [row.querySelector('[data-opens]'), row.querySelector('[data-closes]')];
    const days = row.querySelectorAll('[data-day]:checked').length;
    opens.required = closes.required = Boolean(days || opens.value || closes.value);
    opens.setCustomValidity(!days && (opens.value || closes.value) ? 'Marque los días de este horario.' : '');
  }
}

for (const form of document.querySelectorAll('form[data-campaign]')) {
  form.addEventListener('input', () => askForWholeHours(form));
  form.addEventListener('submit', () => (form.dataset.body = JSON.stringify(settingsOf(form))));
}

// The agents: those who are marked, each with a service.

function agentsOf(form) {
  return [...form.querySelectorAll('[data-member]:checked')].map(({ dataset: { member } }) => {
    const service = form.querySelector(`[data-service-of="${CSS.escape(member)}"]`).value;
    return { member, service };
  });
}

function showServices(form) {
  for (const { checked, dataset } of form.querySelectorAll('[data-member]')) {
    form.querySelector(`[data-service-of="${CSS.escape(dataset.member)}"]`).disabled = !checked;
  }
}

for (const form of document.querySelectorAll('form[data-campaign-agents]')) {
  showServices(form);
  form.addEventListener('change', () => showServices(form));
  form.addEventListener('submit', () => (form.dataset.body = JSON.stringify({ agents: agentsOf(form) })));
}
