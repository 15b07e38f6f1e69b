// What a process writes: its last lines, and what comes.

import { ask, path } from '/pages/look/api.js';
import { copyButton, el, openDialog, put, t } from '/pages/look/parts.js';

/** How often new lines are asked for, in milliseconds, and how many are kept. */
const pause = 2_000;
const most = 1_000;

/** Opens a process's log in a drawer, and follows it while that is open. */
export function openLog(report, process) {
  const lines = [];
  const text = el('pre', { class: 'log', id: 'log', tabindex: '0', dir: 'ltr', role: 'log', 'aria-label': t('processes.logOf', { process: process.name }) });
  const note = el('p', { class: 'soft', role: 'status' });
  const follow = el('input', { type: 'checkbox', name: 'follow', checked: true });
  let [next, timer] = [undefined, null];
  const dialog = openDialog({
    kind: 'drawer', title: t('processes.logOf', { process: process.name }),
    body: [el('p', { class: 'soft' }, t('processes.logText')), note, text],
    foot: [el('label', { class: 'row tight' }, follow, ' ', t('processes.follow')), copyButton(() => lines.join('\n'), null, { words: t('act.copy'), kind: '' })],
    closed: () => clearTimeout(timer),
  });
  dialog.id = 'process-log';
  async function read() {
    clearTimeout(timer);
    try {
      const found = await ask(path(['operations', 'machines', report.machine, 'logs', process.name], { after: next, lines: next === undefined ? 200 : most }));
      if (next === undefined && !found.lines.length) put(note, t('processes.noLines'));
      else put(note, found.isCut && next === undefined ? t('processes.older') : null);
      next = found.next;
      if (found.lines.length) {
        const isAtEnd = text.scrollTop + text.clientHeight >= text.scrollHeight - 8;
        lines.push(...found.lines);
        lines.splice(0, Math.max(0, lines.length - most));
        text.textContent = lines.join('\n');
        if (isAtEnd || next === undefined) text.scrollTop = text.scrollHeight;
      }
    } catch (problem) {
      put(note, problem.words);
      if (problem.status === 404) return;
    }
    if (dialog.isConnected) timer = setTimeout(() => (follow.checked && !document.hidden ? read() : wait()), pause);
  }
  function wait() {
    timer = setTimeout(() => (follow.checked && !document.hidden ? read() : wait()), pause);
  }
  read();
}
