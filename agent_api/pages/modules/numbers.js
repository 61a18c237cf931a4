// How people read a number of which the telephone only knows the digits: as callcenter/numbers.py shows those of Bolivia.
// Another country's stays as it is.

const PARTS = [
  [/^([234])([2-9]\d{2})(\d{4})$/, '$1 $2 $3'],
  [/^([67]\d{2})(\d{5})$/, '$1 $2'],
  [/^(800)(\d{2})(\d{4})$/, '$1 $2 $3'],
];

export function written(number) {
  return PARTS.reduce((text, [digits, parts]) => text.replace(digits, parts), number);
}
