// What this person was told: a list, live, and how they want to be told.

import { ask, change, path } from '/pages/look/api.js';
import {
  blank, button, broken, card, day, el, fillIn, icon, keepPlace, name, put, segments, t, time, toast,
} from '/pages/look/parts.js';
import { listen, overlaps } from '/pages/look/listen.js';
import { addCommands, enter, pageHead } from '/pages/look/shell.js';
import { pictureOf, wordsOf } from './sentences.js';
import { wishes } from './wishes.js';

enter('notifications', (page) => {
  const state = { rows: [], next: null, unread: 0, only: new URLSearchParams(location.search).get('show') === 'unread' };
  const list = el('div', { id: 'list' });
  const shown = el('span', { role: 'status', class: 'num', 'data-part': 'shown' });
  const more = button(t('table.older'), { kind: 'small push', hidden: true, act: () => load(true), 'data-act': 'more' });
  const all = button(t('notifications.readAll'), { picture: 'check', disabled: true, act: readAll, 'data-act': 'read-all' });
  const narrow = segments(t('notifications.which'), [['all', t('notifications.all')], ['unread', t('notifications.unread')]], {
    chosen: state.only ? 'unread' : 'all',
    changed: (value) => {
      state.only = value === 'unread';
      history.replaceState(history.state, '', state.only ? '?show=unread' : location.pathname);
      load();
    },
  });
  const place = el('section', { class: 'card', 'aria-label': t('notifications.title') },
    el('header', { class: 'card-head' }, narrow), list, el('footer', { class: 'card-foot table-foot' }, shown, more));
  const wished = el('div', {});
  put(page, pageHead({ title: t('notifications.title'), lead: t('notifications.lead'), acts: [all] }),
    el('div', { class: 'cols wide-narrow' }, place, wished));

  const begin = overlaps();

  async function load(isMore = false) {
    const isLast = begin();
    try {
      const answer = await ask(path(['me', 'notifications'], { unread: state.only || undefined, limit: 50, after: isMore ? state.next : undefined }));
      if (!isLast()) return;
      state.rows = isMore ? [...state.rows, ...answer.notifications] : answer.notifications;
      state.next = answer.next ?? null;
      state.unread = answer.unread;
      keepPlace(list, 'notification', show);
    } catch (problem) {
      if (isLast()) put(list, broken(problem, { again: () => load() }));
    }
  }

  function show() {
    let group = null;
    put(list, state.rows.length ? el('ul', {}, state.rows.map((row) => {
      const here = day(row.at);
      const head = here === group ? null : el('li', { class: 'group' }, el('h2', { class: 'meta card-body' }, name(here)));
      group = here;
      return [head, line(row)];
    })) : blank({
      picture: 'bell', title: t(state.only ? 'notifications.noneNew' : 'notifications.none'), text: t('notifications.noneText'),
    }));
    put(shown, t('notifications.count', { count: state.unread }));
    more.hidden = !state.next;
    all.disabled = !state.unread;
  }

  function line(row) {
    return el('li', { class: `notification${row.isRead ? '' : ' is-new'}`, 'data-notification': row.id },
      icon(pictureOf(row.kind)),
      el('div', {}, el('p', { class: 'words' }, wordsOf(row)),
        el('p', { class: 'meta' }, row.isRead ? null : [el('span', { class: 'badge accent' }, t('notifications.new')), ' '],
          row.values.organisation ? [name(row.values.organisation), ' · '] : null, time(row.at))),
      el('div', { class: 'row' }, row.isRead ? null : button(t('notifications.read'), {
        kind: 'small', act: () => read(row), 'data-act': 'read',
      })));
  }

  async function read(row) {
    try {
      await change('PUT', path(['me', 'notifications', row.id]));
      row.isRead = true;
      state.unread = Math.max(0, state.unread - 1);
      if (state.only) state.rows = state.rows.filter((each) => each !== row);
      show();
      // The button that was pressed is gone: the next one takes its place.
      (list.querySelector('[data-act="read"]') ?? page).focus();
    } catch (problem) {
      toast(problem.words, { bad: true });
    }
  }

  async function readAll() {
    try {
      await change('PUT', path(['me', 'notifications']), { body: { until: state.rows[0]?.at ?? Date.now() } });
      await load();
      toast(t('notifications.allRead'));
    } catch (problem) {
      toast(problem.words, { bad: true });
    }
  }

  const stop = listen('notifications', { changed: () => (page.isConnected ? load() : stop()) });
  addCommands([{ words: t('notifications.readAll'), picture: 'check', keys: ['R'], run: () => { if (!all.disabled) readAll(); } }]);
  load();
  fillIn(wished, async () => card({ title: t('notifications.wishes'), body: await wishes() }));
});
