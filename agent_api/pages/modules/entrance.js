// Where a page goes whose session is over; from there it leads back.

export function enterAgain() {
  location.assign(`/ingresar?de=${encodeURIComponent(location.pathname + location.search)}`);
}
