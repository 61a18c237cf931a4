// The form of a user: which queues it serves is a list only where it has its own.

const chosenOf = (form) => form.querySelector('input[name="queues_from"]:checked').value;

function showQueues(form) {
  const table = form.querySelector('[data-queues]');
  const own = chosenOf(form) === 'own';
  table.hidden = !own;
  for (const row of table.tBodies[0].rows) {
    row.querySelector('[data-penalty]').disabled = !row.querySelector('[data-queue]').checked;
  }
}

function queuesOf(form) {
  return [...form.querySelectorAll('[data-queue]:checked')].map((choice) => {
    const { queue } = choice.dataset;
    const penalty = form.querySelector(`[data-penalty="${CSS.escape(queue)}"]`);
    return { queue, penalty: Number(penalty.value) };
  });
}

function bodyOf(form) {
  const { login, display_name, role, extension, password, active } = form.elements;
  const body = { display_name: display_name.value, role: role.value, extension: extension.value || null };
  if (login) Object.assign(body, { login: login.value, password: password.value });
  body.active = active ? active.checked : true;
  body.queues = chosenOf(form) === 'own' ? queuesOf(form) : null;
  return body;
}

for (const form of document.querySelectorAll('form[data-user]')) {
  showQueues(form);
  form.addEventListener('change', () => showQueues(form));
  form.addEventListener('submit', (event) => {
    const body = bodyOf(form);
    const none = body.queues?.length === 0;
    form.querySelector('[data-none]').hidden = !none;
    if (none) {
      event.preventDefault();
      event.stopImmediatePropagation();
    }
    form.dataset.body = JSON.stringify(body);
  });
}
