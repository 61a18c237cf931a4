// The agent's desk, and the page of the recall list.

import './clocks.js';
import './keys.js';

import { startCampaign } from './campaign.js';
import { ask } from './fetched.js';
import { watchLink } from './link_status.js';
import { follow, hear, notify } from './live.js';
import { startRecalls } from './recall_list.js';
import { startNotes } from './notes.js';
import { say } from './orders.js';
import { startParts } from './parts.js';
import { PhoneBar } from './phone_bar.js';
import { startPop } from './pop.js';
import { startSearch } from './search.js';

// Who has no phone has no events of an agent: the lists are read again now and then.
const EVENTS = ['bridge', 'state', 'pop', 'pop_ended', 'call_answered', 'call_ended', 'announcement'];
const found = (id) => document.getElementById(id);

const phone = found('telefono') ? new PhoneBar(found('telefono')) : null;
if (found('ficha')) startPop(found('ficha'));
if (found('campana')) startCampaign(document.querySelector('[data-outbound]'));
if (found('contactos')) startNotes(found('contactos'));
if (found('buscar')) startSearch(found('buscar'), found('hallados'));
startParts();
startRecalls((number) => (phone ? phone.call(number) : callThroughAsterisk(number)));
for (const name of ['call_ended', 'pop_ended']) hear(name, () => setTimeout(() => notify('day'), 1000));
hear('contacts', () => found('hallados')?.childElementCount && found('buscar').requestSubmit());
hear('ordered', ({ order }) => wakeOthers(order));
watchLink();
if (document.querySelector('[data-live]')) follow('/api/agent/events', EVENTS);

// What was ordered by a click changes parts that no event of the telephony wakes.
function wakeOthers(order) {
  if (order.includes('/api/contacts/')) notify('contacts');
  if (order.includes('/api/agent/campaign/')) notify('campaign');
  if (order.includes('/api/lost-callers/')) notify('recalls');
}

async function callThroughAsterisk(number) {
  const { ok, detail } = await ask('POST', '/api/call/dial', { number });
  say(detail, !ok);
}
