// People, numbers and answers for the page of parts: made up, and always the same.

import { Problem } from '/pages/look/api.js';

const first = ['Marta', 'Pau', 'Amparo', 'Vicent', 'Laia', 'Tomás', 'Noor', 'Hugo', 'Ines', 'Kōki', 'נועה', 'ليلى'];
const last = ['Roig', 'Ferrer', 'Sanchis', 'Mas', 'Rey', 'Haddad', 'Nakamura', 'Oliver', 'Bru', 'Lorca', 'כהן'];
const places = ['here', 'away', 'gone'];
/** What nobody should be called, and somebody is. */
const hostile = '<img src=x onerror=document.title=1>';
const long = 'Maria de la Concepció Bonaventura Puigdevall i Casademont de Sant Feliu';

/** 128 people. */
export const people = Array.from({ length: 128 }, (_, index) => {
  const name = index === 3 ? hostile : index === 5 ? long : `${first[index % first.length]} ${last[(index * 7) % last.length]}`;
  return {
    id: `p${index + 1}`, name, mail: `person${index + 1}@bicicletassol.example`,
    role: ['agent', 'admin', 'viewer'][index % 3], reach: places[index % 5 > 1 ? 0 : (index % 5) + 1], answers: (index * 7_919) % 1_500,
  };
});

/** Names and texts that somebody might have given. */
export const given = {
  customer: 'Nuria Beltran', agent: 'Marta Roig', business: 'Bicicletas Sol', leaver: 'Vicent',
  greeting: 'Hola, ¿en qué te ayudamos?', zones: ['Europe/Madrid', 'America/Bogota'],
  codes: Array.from({ length: 10 }, (_, index) => `k7m2-${1_000 + index * 137}-x9qf-${2_000 + index * 311}`),
};

const pause = (length) => new Promise((resolve) => { setTimeout(resolve, length); });

/** Answers as an endpoint would: by cursor, sorted and filtered. */
export async function listPeople({ after, limit, sort, filters }) {
  await pause(120);
  const found = people.filter((person) => (!filters.q || `${person.name} ${person.mail}`.toLowerCase().includes(filters.q.toLowerCase()))
    && (!filters.role || person.role === filters.role));
  if (sort) found.sort((one, other) => (one[sort.by] > other[sort.by] ? 1 : -1) * (sort.isDown ? -1 : 1));
  const from = Number(after ?? 0);
  return { rows: found.slice(from, from + limit), next: from + limit < found.length ? String(from + limit) : null, total: found.length };
}

/** Never answers within this page's life. */
export function never() {
  return new Promise(() => {});
}

/** Takes a member as the console would: it refuses what is wrong, field by field. */
export async function saveMember(values, { version }) {
  await pause(400);
  if (version === 'old') throw new Problem(412, { code: 'changed_meanwhile' });
  const errors = [];
  if (values.mail.endsWith('@taken.example')) errors.push({ pointer: '/mail', code: 'taken', detail: 'This address has a member already.' });
  if (values.seats > 5) errors.push({ pointer: '/limits/seats', code: 'too_many', detail: 'The plan has five seats.' });
  if (errors.length) throw new Problem(422, { code: 'invalid_request', errors }, { request: '01JD8K' });
  return { version: '"2"' };
}

/** Two weeks of conversations. */
export const days = Array.from({ length: 14 }, (_, index) => Date.UTC(2026, 10, 14 + index, 12));
/** By whom they were answered, day by day. */
export const answered = {
  bot: [41, 18, 62, 58, 60, 57, 66, 55, 24, 82, 77, 85, 31, 58],
  person: [17, 5, 28, 31, 27, 22, 30, 16, 5, 29, 23, 31, 3, 21],
  unanswered: [6, 3, 7, 6, 7, 7, 5, 4, 1, 5, 8, 4, 2, 4],
};
/** Minutes to the first reply. */
export const replies = {
  median: [4.6, 5.1, 4.2, 4.4, 4.1, 3.9, 4.3, 4.0, 4.8, 3.9, 3.6, 3.7, 3.7, 3.7],
  most: [11.2, 13.0, 10.4, 10.9, 9.8, 9.1, 10.6, 9.7, 12.2, 9.4, 8.6, 9.2, 8.8, 8.5],
};
/** Messages by weekday and hour, from 7 on. */
export const hours = Array.from({ length: 7 }, (_, row) => Array.from({ length: 17 }, (_, hour) =>
  Math.max(0, Math.round((row < 5 ? 40 : 16) * Math.exp(-((hour - 4) ** 2) / 9) + (row < 5 ? 34 : 6) * Math.exp(-((hour - 11) ** 2) / 8)))));
