// The audit log: a list with filters, an entry's details, and exports.

import { all, ask, path, save } from '/pages/look/api.js';
import {
  ago, blank, bones, clockTime, count, day, el, exactTime, icon, notice, time, toast,
} from '/pages/look/parts.js';
import { enter, isKeyGone } from '/pages/look/shell.js';
import { actionName, actions, actorOf, targetOf } from './words.js';

const pageRows = 50;
const filterNames = ['tenant', 'actor', 'action', 'subject', 'period', 'first', 'last'];

class AuditPage {
  constructor(page) {
    this.find = (id) => page.querySelector('#' + id);
    this.form = this.find('filters');
    this.entries = [];
    this.next = null;
    this.tenants = new Map();
  }

  open() {
    for (const [group, list] of actions) {
      const prefixes = new Set(list.map(([action]) => action.slice(0, action.indexOf('.') + 1)));
      const whole = [...prefixes].map((prefix) => el('option', { value: prefix }, `${group}: anything`));
      this.form.elements.action.append(el('optgroup', { label: group }, ...(list.length > 1 ? whole : []),
        ...list.map(([action, name]) => el('option', { value: action }, name))));
    }
    this.readAddress();
    this.listen();
    this.load();
    this.loadTenants();
    const entry = new URLSearchParams(location.search).get('entry');
    if (entry) this.showEntry(entry);
  }

  listen() {
    let typing;
    this.form.addEventListener('submit', (event) => event.preventDefault());
    this.form.addEventListener('input', (event) => {
      clearTimeout(typing);
      typing = setTimeout(() => this.filtersChanged(), event.target.type === 'search' ? 250 : 0);
    });
    this.form.addEventListener('reset', () => setTimeout(() => this.filtersChanged()));
    this.find('refresh').addEventListener('click', () => this.load());
    this.find('older').addEventListener('click', () => this.loadOlder());
    this.find('list').addEventListener('click', (event) => this.clicked(event));
    this.find('list').addEventListener('keydown', (event) => this.moved(event));
    this.find('close').addEventListener('click', () => this.find('entry').close());
    this.find('entry').addEventListener('close', () => this.writeAddress());
    this.find('entry').addEventListener('click', (event) => {
      if (event.target === event.currentTarget) event.currentTarget.close();
    });
    const menu = this.find('export');
    menu.addEventListener('click', (event) => this.exported(event));
    menu.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      menu.open = false;
      menu.querySelector('summary').focus();
    });
    document.addEventListener('click', (event) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  }

  // --- Filters ---

  get filters() {
    return Object.fromEntries(filterNames.map((name) => [name, this.form.elements[name].value.trim()]));
  }

  /** The filters as the API takes them; `from` and `to` are moments. */
  get parameters() {
    const { actor, action, subject, period, first, last } = this.filters;
    const parameters = { actor, action, subject };
    if (period === 'days') {
      if (first) parameters.from = new Date(first + 'T00:00').getTime();
      if (last) {
        const end = new Date(last + 'T00:00');
        end.setDate(end.getDate() + 1);
        parameters.to = end.getTime();
      }
    } else if (period) {
      parameters.from = this.asked - Number(period) * 86_400_000;
    }
    return parameters;
  }

  target(...parts) {
    const tenant = this.filters.tenant;
    return tenant ? ['tenants', tenant, ...parts] : parts;
  }

  readAddress() {
    const address = new URLSearchParams(location.search);
    for (const name of filterNames) {
      const value = address.get(name);
      if (value !== null) this.choose(name, value);
    }
    this.showFilters();
  }

  /** Sets a filter; what a list does not offer yet is added to it. */
  choose(name, value) {
    const field = this.form.elements[name];
    if (field.tagName === 'SELECT' && ![...field.options].some((option) => option.value === value)) {
      field.append(el('option', { value }, name === 'actor' ? actorOf(value).name : value));
    }
    field.value = value;
  }

  showFilters() {
    const filters = this.filters;
    this.find('days').hidden = filters.period !== 'days';
    this.find('clear').hidden = !Object.values(filters).some(Boolean);
  }

  writeAddress(entry) {
    const address = new URLSearchParams(location.search);
    for (const [name, value] of Object.entries(this.filters)) {
      if (value) address.set(name, value);
      else address.delete(name);
    }
    if (entry) address.set('entry', entry);
    else address.delete('entry');
    const text = address.toString();
    history.replaceState(null, '', location.pathname + (text ? '?' + text : ''));
  }

  filtersChanged() {
    this.showFilters();
    this.writeAddress();
    this.load();
  }

  // --- Loading ---

  async load() {
    this.loading?.abort();
    const loading = new AbortController();
    this.loading = loading;
    this.asked = Date.now();
    const list = this.find('list');
    list.setAttribute('aria-busy', 'true');
    // What comes at once shows no lines that stand for it.
    const waiting = setTimeout(() => {
      if (!list.querySelector('tbody')) list.replaceChildren(bones());
    }, 300);
    try {
      const parameters = this.parameters;
      const signal = loading.signal;
      const [page, counted] = await Promise.all([
        ask(path(this.target('audit'), { ...parameters, limit: pageRows }), { signal }),
        ask(path(this.target('counts', 'audit'), parameters), { signal }),
      ]);
      this.entries = page.entries;
      this.next = page.next ?? null;
      this.total = counted.entries;
      this.shown = parameters;
      this.show();
    } catch (problem) {
      if (problem.name !== 'AbortError') this.fail(problem);
    } finally {
      clearTimeout(waiting);
      if (this.loading === loading) list.removeAttribute('aria-busy');
    }
  }

  async loadOlder() {
    const button = this.find('older');
    button.disabled = true;
    const entries = this.entries;
    const first = entries.length;
    try {
      const page = await ask(path(
        this.target('audit'), { ...this.shown, limit: pageRows, after: this.next }));
      // Another list was asked for meanwhile: these do not belong to it.
      if (this.entries !== entries) return;
      entries.push(...page.entries);
      this.next = page.next ?? null;
      this.addRows(this.find('list').querySelector('table'), first);
      this.rows()[first]?.focus();
    } catch (problem) {
      if (isKeyGone(problem)) return;
      toast(problem.message);
    } finally {
      button.disabled = false;
    }
  }

  async loadTenants() {
    try {
      for (const tenant of await all(['tenants'], 'tenants')) this.tenants.set(tenant.id, tenant.name);
    } catch {
      return; // The list is there without their names.
    }
    const select = this.form.elements.tenant;
    const chosen = select.value;
    const others = chosen && !this.tenants.has(chosen) ? [[chosen, chosen]] : [];
    select.replaceChildren(el('option', { value: '' }, 'All businesses'),
      ...[...this.tenants, ...others].map(([id, name]) => el('option', { value: id }, name || id)));
    select.value = chosen;
    if (this.entries.length) this.show();
  }

  fail(problem) {
    if (isKeyGone(problem)) return;
    const again = el('button', { class: 'button', type: 'button', onclick: () => this.load() },
      icon('refresh'), 'Try again');
    this.entries = [];
    this.next = null;
    this.find('list').replaceChildren(problem.code === 'starting'
      ? blank('clock', 'The audit log is being read', 'The console has just started. This page goes on by itself.')
      : blank('bad', 'The audit log cannot be shown', problem.status ? `${problem.message} (${problem.code})` : problem.message, again));
    this.find('shown').textContent = '';
    this.find('older').hidden = true;
    if (problem.passes) {
      clearTimeout(this.retry);
      this.retry = setTimeout(() => this.load(), 2_000);
    }
  }

  // --- Showing ---

  show() {
    const list = this.find('list');
    if (!this.entries.length) {
      this.find('older').hidden = true;
      const filtered = Object.values(this.filters).some(Boolean);
      this.find('shown').textContent = 'No entries';
      list.replaceChildren(filtered
        ? blank('filter', 'Nothing fits these filters', 'Another period or fewer filters may show more.',
          el('button', { class: 'button', type: 'button', onclick: () => this.form.reset() }, 'Clear filters'))
        : blank('shield', 'Nothing was done yet', 'What people, agents and programs change will be listed here.'));
      return;
    }
    const heads = ['What', 'Target', 'Who', ...(this.isSingle ? [] : ['Business']), 'When'];
    const table = el('table', { class: 'table folds audit-table' },
      el('caption', { class: 'sr' }, 'Entries, newest first'),
      el('thead', {}, el('tr', {}, ...heads.map((head) => el('th', { scope: 'col' }, head)))));
    this.day = null;
    list.replaceChildren(table);
    this.addRows(table, 0);
  }

  get isSingle() {
    return Boolean(this.filters.tenant);
  }

  /** Adds the rows of the entries from one on: those above stay as they are. */
  addRows(table, first) {
    const shown = this.entries.length;
    this.find('older').hidden = !this.next;
    this.find('shown').textContent = shown < this.total
      ? `${count(shown)} of ${count(this.total)} entries` : `${count(shown)} ${shown === 1 ? 'entry' : 'entries'}`;
    const single = this.isSingle;
    for (let index = first; index < shown; index += 1) {
      const entry = this.entries[index];
      const name = day(entry.at);
      if (name !== this.day) {
        this.day = name;
        table.append(el('tbody', {}, el('tr', { class: 'audit-day' },
          el('th', { scope: 'rowgroup', colspan: single ? 4 : 5 }, name))));
      }
      table.lastElementChild.append(this.row(entry, index, single));
    }
  }

  row(entry, index, single) {
    const target = targetOf(entry);
    const name = actionName(entry.action);
    const link = el('a', {
      href: this.address(entry), 'data-entry': entry.id, tabindex: index === 0 ? '0' : '-1',
    }, name);
    return el('tr', { 'data-row': entry.id },
      el('td', { class: 'what lead' }, link,
        name === entry.action ? null : el('span', { class: 'sub mono' }, entry.action)),
      el('td', { 'data-label': 'Target' }, el('div', {}, el('bdi', {}, target.name),
        // A longer one stands in the entry itself.
        target.code && target.code.length <= 24 ? el('span', { class: 'sub mono' }, target.code) : null)),
      el('td', { class: 'who', 'data-label': 'Who' }, this.actor(entry.actor)),
      single ? null : el('td', { class: 'business', 'data-label': 'Business' }, el('bdi', {}, this.tenantName(entry))),
      el('td', { class: 'when' }, time(entry.at),
        el('span', { class: 'sub num' }, clockTime(entry.at))));
  }

  actor(actor) {
    const who = actorOf(actor);
    return el('div', { class: 'row' },
      el('span', { class: 'avatar small ' + (actor.startsWith('agent/') ? 'team' : ''), 'aria-hidden': 'true' }, icon(who.icon)),
      el('div', { class: 'grow' }, el('bdi', {}, who.name),
        who.code ? el('span', { class: 'sub mono' }, who.code) : null));
  }

  tenantName(entry) {
    return this.tenants.get(entry.tenant) || entry.tenant;
  }

  address(entry) {
    const address = new URLSearchParams(location.search);
    address.set('entry', entry.id);
    return '?' + address.toString();
  }

  // --- Rows as one stop of the tab key, arrows within ---

  rows() {
    return [...this.find('list').querySelectorAll('a[data-entry]')];
  }

  moved(event) {
    const rows = this.rows();
    const here = rows.indexOf(event.target);
    if (here < 0) return;
    const steps = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: rows.length - 1 };
    const next = rows[steps[event.key]];
    if (!next) return;
    event.preventDefault();
    for (const row of rows) row.tabIndex = row === next ? 0 : -1;
    next.focus();
    next.closest('tr').scrollIntoView({ block: 'nearest' });
  }

  clicked(event) {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    const row = event.target.closest('tr[data-row]');
    if (!row || String(getSelection())) return;
    event.preventDefault();
    this.showEntry(row.dataset.row);
  }

  // --- One entry ---

  async showEntry(id) {
    let entry = this.entries.find((known) => known.id === id);
    if (!entry) {
      try {
        entry = await ask(path(this.target('audit', id)));
      } catch (problem) {
        if (isKeyGone(problem)) return;
        this.find('notices').replaceChildren(notice('warn', 'This entry is not shown.', problem.message));
        return;
      }
    }
    const target = targetOf(entry);
    const pair = (name, value, sub) => [
      el('dt', {}, name),
      el('dd', {}, value, sub ? el('span', { class: 'sub mono' }, sub) : null),
    ];
    const who = actorOf(entry.actor);
    this.find('entry-title').textContent = actionName(entry.action);
    this.find('entry-body').replaceChildren(el('dl', { class: 'pairs' },
      ...pair('When', `${exactTime(entry.at)} (${ago(entry.at)})`, new Date(entry.at).toISOString()),
      ...pair('Who', el('bdi', {}, who.name), who.code),
      ...pair('Action', el('span', { class: 'mono' }, entry.action)),
      ...pair('Target', el('bdi', {}, target.name), target.code),
      ...pair('Business', el('bdi', {}, this.tenantName(entry)), entry.tenant),
      ...pair('Entry', el('span', { class: 'mono' }, entry.id))));
    const narrow = (name, value, words) => el('button', {
      class: 'button small', type: 'button',
      onclick: () => {
        this.choose(name, value);
        this.find('entry').close();
        this.filtersChanged();
      },
    }, icon('filter', 'small'), words);
    this.find('entry-foot').replaceChildren(
      narrow('actor', entry.actor, 'Only by them'),
      narrow('subject', target.code ?? entry.subject.slice(0, 200), 'Only this target'),
      el('button', {
        class: 'button small', type: 'button',
        onclick: async () => {
          await navigator.clipboard.writeText(JSON.stringify(entry, null, 2));
          toast('Copied as JSON');
        },
      }, icon('copy', 'small'), 'Copy as JSON'));
    const dialog = this.find('entry');
    if (!dialog.open) dialog.showModal();
    this.writeAddress(id);
  }

  // --- Exports ---

  async exported(event) {
    const button = event.target.closest('[data-export]');
    if (!button) return;
    const menu = this.find('export');
    const kind = button.dataset.export;
    const name = kind === 'csv' ? 'audit.csv' : 'audit';
    menu.open = false;
    const summary = menu.querySelector('summary');
    summary.setAttribute('aria-busy', 'true');
    try {
      const today = new Date().toISOString().slice(0, 10);
      await save(path(this.target('exports', name), this.parameters), `audit-${today}.${kind}`);
      toast('The export is saved');
    } catch (problem) {
      if (isKeyGone(problem)) return;
      toast(problem.message);
    } finally {
      summary.removeAttribute('aria-busy');
      summary.focus();
    }
  }
}

// Last: with a key at hand the page opens at once.
enter('audit', (page) => new AuditPage(page).open());
