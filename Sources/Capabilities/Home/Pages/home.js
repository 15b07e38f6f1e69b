// The first page: what there is, what waits, and where to go on.

import { ask, key } from '/pages/look/api.js';
import { blank, count, el, notice } from '/pages/look/parts.js';
import { enter, isKeyGone } from '/pages/look/shell.js';

const seconds = 3;
let timer;

enter('home', (page) => {
  clearTimeout(timer);
  const find = (id) => page.querySelector('#' + id);

  async function refresh() {
    // Whoever has signed out since is asked for the key, not told of it.
    if (!key() || !page.isConnected) return;
    try {
      show(find, await ask('/api/v1/status'));
      find('notices').replaceChildren();
      state(find, 'ok', 'Live');
    } catch (problem) {
      if (isKeyGone(problem)) return;
      state(find, 'warn', 'Trying again');
      if (!find('notices').firstChild) {
        find('notices').replaceChildren(notice('warn', 'These numbers are not up to date.', problem.message));
      }
    }
    timer = setTimeout(refresh, seconds * 1_000);
  }

  refresh();
});

function state(find, kind, words) {
  const live = find('live');
  if (live.textContent === words) return;
  live.className = 'state ' + kind;
  live.textContent = words;
}

function show(find, status) {
  const sum = (name) => status.tenants.reduce((total, tenant) => total + tenant[name], 0);
  find('businesses').textContent = count(status.tenants.length);
  find('waiting').textContent = count(sum('queued'));
  find('claimed').textContent = count(sum('claimed'));
  find('agents').textContent = count(status.agents);
  find('tenants').replaceChildren(status.tenants.length
    ? table(['Business', 'Waiting', 'With a person', 'Documents'], status.tenants.map((tenant) =>
      [el('bdi', {}, tenant.name), count(tenant.queued), count(tenant.claimed), count(tenant.documents)]))
    : blank('building', 'No business is connected yet', 'parley tenant add connects one.'));
  // Nothing known is not all well.
  find('stages').replaceChildren(status.stages.length
    ? table(['Stage', 'Behind'], status.stages.map((stage) => [stage.name, count(stage.lag)]))
    : blank('pulse', 'No stage has handled anything yet', 'They are listed with their first record.'));
  find('links').replaceChildren(...status.links
    .filter((link) => /^https?:/.test(link.url))
    .map((link) => el('li', {}, el('a', { href: link.url }, link.name), el('span', { class: 'sub mono' }, link.url))));
}

function table(heads, rows) {
  const cell = (name, index, value) => el(name, {
    class: index ? 'num' : null, scope: name === 'th' ? 'col' : null,
  }, value);
  return el('table', { class: 'table' },
    el('thead', {}, el('tr', {}, ...heads.map((head, index) => cell('th', index, head)))),
    el('tbody', {}, ...rows.map((row) => el('tr', {}, ...row.map((value, index) => cell('td', index, value))))));
}
