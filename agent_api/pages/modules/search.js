// Looking for a customer: what is found stands below the form until something else is looked for.

import { tick } from './clocks.js';
import { part } from './fetched.js';
import { say } from './orders.js';

const NOT_SEARCHED = 'No se pudo buscar. Inténtelo de nuevo.';

// The form's own address answers its fields with the HTML of what was found.
export function startSearch(form, place) {
  let reading = null;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    reading?.abort();
    const own = (reading = new AbortController());
    const html = await part(`${form.action}?${new URLSearchParams(new FormData(form))}`, own.signal);
    if (own !== reading) return;
    if (html === null) return say(NOT_SEARCHED, true);
    place.replaceChildren(document.createRange().createContextualFragment(html));
    tick(place);
  });
}
