// Tables in every state.

import { blank, bones, broken, button, card, confirmEffects, el, filters, named, plainTable, state, t, table, toast } from '/pages/look/parts.js';
import { Problem } from '/pages/look/api.js';
import { listPeople, people } from './samples.js';
import { shelf } from './shelf.js';

const kinds = { here: 'ok', away: 'warn', gone: 'off' };

/** A table with all there is, and the states of its frame. */
export function lists() {
  const words = (key, values) => t('parts.list.' + key, values);
  const narrow = filters(words('filter'), [
    { name: 'q', kind: 'search', label: words('search'), keys: true },
    { name: 'role', kind: 'select', label: words('role'), options: [['', words('anyRole')], ...['agent', 'admin', 'viewer'].map((role) => [role, words(role)])] },
  ]);
  const removed = (list) => toast(words('removed', { count: list.length }), { undo: async () => team.load() });
  const team = table({
    label: words('label'), count: 'parts.list.people', size: 10, filters: narrow, id: (person) => person.id, name: (person) => person.name,
    acts: button(words('export'), { kind: 'small', picture: 'download', act: () => toast(words('export')) }),
    sort: { by: 'name', isDown: false },
    load: listPeople,
    open: (person) => toast(person.name),
    columns: [
      { head: words('name'), kind: 'lead', sort: 'name', cell: (person) => [el('bdi', {}, person.name), el('bdi', { class: 'sub' }, person.mail)] },
      { head: words('role'), sort: 'role', cell: (person) => words(person.role) },
      { head: words('reach'), cell: (person) => state(kinds[person.reach], words(person.reach)) },
      { head: words('answers'), kind: 'number', sort: 'answers', cell: (person) => t('parts.number', { count: person.answers }) },
    ],
    select: {
      acts: [
        { words: words('change'), run: (list) => { toast(words('changed', { count: list.length })); } },
        {
          words: words('remove'), danger: true, name: 'remove', run: async (list) => {
            const isDone = await confirmEffects({
              title: words('removeAsk', { count: list.length }), effects: [words('removeEffect'), words('removeKeeps')],
              act: words('remove'), keep: words('keep'),
            });
            if (isDone) removed(list);
            return isDone;
          },
        },
      ],
    },
    menu: (person) => [
      { words: words('look'), picture: 'eye', run: () => toast(person.name) },
      '-',
      {
        words: words('remove'), picture: 'trash', danger: true, run: async () => {
          const isDone = await confirmEffects({
            title: words('removeOne', { name: person.name }), effects: [words('removeEffect')], act: words('remove'), keep: words('keepOne'),
            word: person.name.split(' ')[0],
          });
          if (isDone) removed([person]);
        },
      },
    ],
  });
  team.element.id = 'team';
  team.load();
  const still = (title, ...body) => el('section', { class: 'card' }, el('header', { class: 'card-head' }, el('h3', {}, title)), body);
  return shelf('lists', team.element, el('div', { class: 'cols three even' },
    still(words('empty'), blank({ picture: 'users', title: words('nobody'), text: words('nobodyText'), acts: [button(words('invite'), { kind: 'primary' })], level: 4 })),
    still(words('loading'), bones(7)),
    still(words('broken'), broken(new Problem(503, { code: 'log' }, { request: '01JD8K3Q' }), { title: t('table.broken'), again: () => toast(t('act.again')), level: 4 }))),
  card({
    title: words('plain'), level: 3, wrap: el('div', { class: 'table-wrap' }, plainTable(words('plain'), [words('name'), words('answers')],
      people.slice(0, 4).map((person) => [named({ text: person.name, sub: person.mail, kind: 'small' }), person.answers]))),
  }));
}
