// The model servers: whether they are asked, and what was wrong last.

import { card, el, number, plainTable, state, t, time } from '/pages/look/parts.js';
import { knows } from '/pages/look/base/words.js';

const none = '–';

/** What was wrong, in words. */
function wrong(failure) {
  const key = 'operations.model.failure.' + failure;
  return knows(key) ? t(key) : failure;
}

/** What a server is for, in words. */
function purpose(kind) {
  const key = 'operations.model.kind.' + kind;
  return knows(key) ? t(key) : kind;
}

/** Each server once, with what the processes say that ask it. */
export function serversOf(machines) {
  const servers = new Map();
  for (const { report, isSilent } of machines) {
    if (isSilent || report.isStopping) continue;
    for (const model of report.processes.flatMap((process) => process.models ?? [])) {
      const key = `${model.kind} ${model.server}`;
      const known = servers.get(key) ?? { ...model, asking: 0, leaving: 0 };
      known.asking += 1;
      known.leaving += model.isAvailable ? 0 : 1;
      if ((model.failedAt ?? 0) > (known.failedAt ?? 0)) Object.assign(known, { failedAt: model.failedAt, failure: model.failure });
      servers.set(key, known);
    }
  }
  return [...servers.values()].sort((one, other) => other.leaving - one.leaving || one.kind.localeCompare(other.kind) || one.server.localeCompare(other.server));
}

/** The card; nothing where no server is known. */
export function modelCard(machines) {
  const servers = serversOf(machines);
  if (!servers.length) return null;
  const heads = ['model', 'server', 'state', 'processes', 'lastFailure', 'failedAt'].map((key) => t('operations.head.' + key));
  return card({
    title: t('operations.models'), end: el('span', { class: 'meta' }, t('operations.modelsNote')),
    wrap: el('div', { class: 'table-wrap' }, plainTable(t('operations.models'), heads, servers.map((server) => [
      purpose(server.kind), el('span', { class: 'mono', dir: 'ltr', 'data-server': server.server }, server.server), stateOf(server),
      el('span', { class: 'num' }, number(server.asking)), server.failure ? wrong(server.failure) : none,
      server.failedAt ? time(server.failedAt) : none,
    ]), { kind: 'dense operations-models' })),
  });
}

function stateOf({ asking, leaving }) {
  if (!leaving) return state('ok', t('operations.model.asked'));
  return leaving === asking ? state('bad', t('operations.model.left')) : state('warn', t('operations.model.partly', { leaving, asking }));
}
