// Tables of many alike: filters above, what is selected between, pages below. A row folds into a
// card where there is no width. Empty, loading and broken keep the frame.

import { button, el, heard, icon, name, put } from '../base/dom.js';
import { number, t } from '../base/words.js';
import { listen } from '../listen.js';
import { isHeld, keepPlace } from './place.js';
import { rowKeys, settleStops } from './table-keys.js';
import { headOf, rowOf } from './table-rows.js';
import { selection } from './table-selection.js';
import { blank, broken, waitIn } from './states.js';
import { toast } from './toast.js';

/** Rows that are asked for at once. */
const usual = 50;
/** Pauses between tries while a list cannot be read, in milliseconds. */
const pauses = [2_000, 4_000, 8_000, 15_000];
/** Changes are gathered for so long, and shown no more often than this; in milliseconds. */
const gathering = { least: 250, between: 2_000 };

/**
 * A table. Options:
 * - `label` says what it lists, and `title` stands above it in words; `columns` are `{ head, cell(row), sort, kind }`, of which the one of
 *   kind `lead` names the row, beside its `mark(row)` where it has one;
 * - `id(row)`, `load({ after, limit, sort, filters, signal })` gives `{ rows, next, total, isExact }`,
 *   where `isExact: false` says that there are more than `total`;
 * - `paging` is `pages` (back and next) or `more` (older ones are added below);
 * - `filters` (see `filters`), `sort` as `{ by, isDown }` to begin with;
 * - `open(row)`, `href(row)`, `menu(row)` (see `menuButton`), `select` (see `selection`);
 * - `group(row)` names the group that a row begins, such as a day;
 * - `empty` is what to say where there is nothing at all, `count` the key of the text that counts rows;
 * - `live` is the room, `{ room, tenant }`, whose changes are shown as they happen.
 *
 * Gives `{ element, load(), refresh(), show(), rows, total, find(id), change(row) }`.
 */
export function table(options) {
  const state = { rows: [], next: null, total: null, before: [], after: undefined, sort: options.sort ?? null, tries: 0, asked: null };
  const size = options.size ?? usual;
  const wrap = el('div', { class: 'table-wrap' });
  const shown = el('span', { role: 'status', class: 'num', 'data-part': 'shown' });
  const picked = options.select ? selection(options, () => state.rows, () => load()) : null;
  const more = button(t('table.older'), { kind: 'small push', hidden: true, act: loadMore, 'data-act': 'more' });
  const back = button([icon('left', 'small turns'), t('table.back')], { kind: 'small', disabled: true, act: () => turn(-1), 'data-act': 'back' });
  const next = button([t('table.next'), icon('right', 'small turns')], { kind: 'small', disabled: true, act: () => turn(1), 'data-act': 'next' });
  const isPaged = options.paging !== 'more';
  const pager = el('span', { class: 'push row tight', hidden: true }, back, next);
  const element = el('section', { class: 'card', 'aria-label': options.label },
    options.title || options.filters || options.acts
      ? el('div', { class: 'card-head' }, options.title ? el('h2', {}, options.title) : null, options.filters?.element, options.acts) : null,
    picked?.element, wrap, el('footer', { class: 'card-foot table-foot' }, shown, isPaged ? pager : more));

  async function load({ after, focus = false } = {}) {
    clearTimeout(state.retry);
    state.loading?.abort();
    const loading = new AbortController();
    state.loading = loading;
    state.after = after;
    if (after === undefined) state.before = [];
    state.asked = options.filters?.values ?? {};
    const done = waitIn(wrap, () => !wrap.querySelector('tbody'));
    try {
      const page = await options.load({ after, limit: size, sort: state.sort, filters: state.asked, signal: loading.signal });
      Object.assign(state, { rows: page.rows, next: page.next ?? null, total: page.total ?? null, isMore: page.isExact === false, tries: 0 });
      show();
      if (focus) wrap.querySelector('[data-lead]')?.focus();
    } catch (problem) {
      if (problem.name !== 'AbortError') fail(problem);
    } finally {
      if (state.loading === loading) {
        state.loading = null;
        done();
      }
    }
  }

  /** Reads anew what is shown, soon: what is selected, opened, marked or has the focus stays so. */
  function refresh() {
    clearTimeout(state.soon);
    state.soon = setTimeout(async () => {
      // What nobody sees is read once somebody does.
      state.isStale = !wrap.isConnected;
      if (state.isStale) return undefined;
      if (state.loading || isHeld(wrap)) return refresh();
      state.readAt = performance.now();
      const { rows, after, sort } = state;
      let page;
      try {
        page = await options.load({ after: isPaged ? after : undefined, limit: size, sort, filters: state.asked ?? {} });
      } catch {
        // What is shown stays; the next change reads anew.
        return undefined;
      }
      // Another list was asked for meanwhile, or somebody took hold of this one.
      if (state.loading || state.rows !== rows || state.sort !== sort) return undefined;
      if (isHeld(wrap)) return refresh();
      const known = new Set(page.rows.map(options.id));
      const isLong = !isPaged && rows.length > size;
      Object.assign(state, {
        rows: isLong ? [...page.rows, ...rows.filter((row) => !known.has(options.id(row)))] : page.rows,
        next: isLong ? state.next : page.next ?? null, total: page.total ?? null, isMore: page.isExact === false,
      });
      return keepPlace(wrap, 'row', show);
    }, Math.max(gathering.least, (state.readAt ?? -gathering.between) + gathering.between - performance.now()));
  }
  if (options.live) {
    listen(options.live.room, { tenant: options.live.tenant, changed: refresh });
    new ResizeObserver(() => { if (state.isStale && wrap.isConnected) refresh(); }).observe(wrap);
  }

  async function loadMore() {
    more.disabled = true;
    const rows = state.rows;
    const first = rows.length;
    try {
      const page = await options.load({ after: state.next, limit: size, sort: state.sort, filters: state.asked });
      // Another list was asked for meanwhile: these do not belong to it.
      if (state.rows !== rows) return;
      rows.push(...page.rows);
      state.next = page.next ?? null;
      add(first);
      wrap.querySelectorAll('[data-lead]')[first]?.focus();
    } catch (problem) {
      toast(problem.words ?? problem.message, { bad: true });
    } finally {
      more.disabled = false;
    }
  }

  function turn(way) {
    if (way > 0) {
      state.before.push(state.after);
      load({ after: state.next, focus: true });
    } else {
      load({ after: state.before.pop(), focus: true });
    }
  }

  function fail(problem) {
    Object.assign(state, { rows: [], next: null, total: null, isMore: false });
    put(wrap, broken(problem, { level: 2, title: options.failedTitle ?? t('table.broken'), again: () => load() }));
    foot();
    if (!problem.passes) return;
    const pause = pauses[Math.min(state.tries, pauses.length - 1)];
    state.tries += 1;
    state.retry = setTimeout(() => { if (wrap.isConnected) load({ after: state.after }); }, pause);
  }

  function show() {
    if (!state.rows.length) {
      const isFiltered = options.filters && !options.filters.isEmpty;
      put(wrap, isFiltered
        ? blank({
          level: 2, picture: 'filter', title: t('table.nothing'), text: t('table.nothingText'),
          acts: [button(t('filter.clear'), { act: () => options.filters.clear() })],
        })
        : blank({ level: 2, ...(options.empty ?? { picture: 'list', title: t('table.empty') }) }));
      picked?.show();
      return foot();
    }
    const grid = el('table', { class: `table folds ${options.kind ?? ''}`.trim() },
      el('caption', { class: 'sr' }, options.label), headOf(options, state, picked, sortBy));
    put(wrap, grid);
    state.group = null;
    add(0);
  }

  /** Adds the rows from one on: those above stay as they are. */
  function add(first) {
    const grid = wrap.querySelector('table');
    if (!options.group && !grid.tBodies.length) grid.append(el('tbody'));
    for (let index = first; index < state.rows.length; index += 1) {
      const row = state.rows[index];
      const group = options.group?.(row);
      if (options.group && group !== state.group) {
        state.group = group;
        const width = grid.tHead.rows[0].cells.length;
        grid.append(el('tbody', {}, el('tr', { class: 'group-row' }, el('th', { scope: 'rowgroup', colspan: width }, name(group)))));
      }
      grid.lastElementChild.append(rowOf(row, options, picked));
    }
    settleStops(wrap);
    picked?.show();
    foot();
  }

  function foot() {
    const { rows, total, before } = state;
    // Where there is nothing, what stands above says so.
    shown.parentElement.hidden = !rows.length && !before.length;
    more.hidden = !state.next;
    back.disabled = !before.length;
    next.disabled = !state.next;
    pager.hidden = !before.length && !state.next;
    // A list that is whole needs no second number.
    const from = before.length * size;
    const values = { from: from + 1, to: from + rows.length, count: total ?? rows.length, shown: rows.length };
    shown.textContent = !rows.length ? ''
      : isPaged && (before.length || state.next) ? t(total === null ? 'table.range' : state.isMore ? 'table.rangeOfMore' : 'table.rangeOf', values)
        : total !== null && rows.length < total ? t(state.isMore ? 'table.shownOfMore' : 'table.shownOf', { shown: rows.length, all: t(options.count ?? 'table.count', values) })
          : t(options.count ?? 'table.count', values);
  }

  function sortBy(column) {
    state.sort = { by: column, isDown: state.sort?.by === column ? !state.sort.isDown : false };
    load().then(() => wrap.querySelector(`[data-sort="${CSS.escape(column)}"]`)?.focus());
  }

  options.filters?.listen(() => { picked?.clear(); load(); });
  rowKeys(wrap, picked);
  return {
    element, load, refresh, get rows() { return state.rows; },
    get total() { return state.total; },
    find: (id) => state.rows.find((row) => options.id(row) === id),
    show,
    /** Shows a row anew where it stands. */
    change(row) {
      const id = options.id(row);
      const at = state.rows.findIndex((each) => options.id(each) === id);
      if (at < 0) return;
      state.rows[at] = row;
      const old = wrap.querySelector(`tr[data-row="${CSS.escape(id)}"]`);
      const here = old.contains(document.activeElement);
      const fresh = rowOf(row, options, picked);
      old.replaceWith(fresh);
      settleStops(wrap);
      if (here) fresh.querySelector('[data-lead]')?.focus();
    },
  };
}

/** Columns that a phone has room for beside each other. */
const narrow = 2;

/** A small table of what is known whole: `heads` and `rows` of cells; numbers stand at the end. */
export function plainTable(label, heads, rows, { kind = '' } = {}) {
  const isNumber = rows[0]?.map((cell) => typeof cell === 'number') ?? [];
  const folds = heads.length > narrow ? 'folds dense' : '';
  return el('table', { class: `table ${folds} ${kind}`.trim() }, el('caption', { class: 'sr' }, label),
    el('thead', {}, el('tr', {}, heads.map((head, index) => el('th', { scope: 'col', class: isNumber[index] ? 'num' : null },
      head || heard(t('table.acts')))))),
    el('tbody', {}, rows.map((row) => el('tr', {}, row.map((cell, index) => el('td', {
      class: [index ? null : 'lead', isNumber[index] ? 'num' : null].filter(Boolean).join(' ') || null,
      'data-label': index ? heads[index] : null,
    }, typeof cell === 'number' ? number(cell) : cell))))));
}

/** A page of rows that are all here, as `load` gives it. */
export function pageOf(rows, { after, limit }) {
  // What is gone meanwhile leaves no empty page.
  const first = Math.min(Number(after ?? 0), Math.max(0, rows.length - 1));
  const end = first + limit;
  return { rows: rows.slice(first, end), next: end < rows.length ? String(end) : null, total: rows.length };
}
