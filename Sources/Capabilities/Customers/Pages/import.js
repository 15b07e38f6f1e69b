// Customers from a file: read first, shown with whatever is wrong, and taken whole or not at all.

import { ask, change, onceKey, path } from '/pages/look/api.js';
import { saveFile } from '/pages/look/base/files.js';
import { knows } from '/pages/look/base/words.js';
import { button, el, freshId, name, notice, number, openDialog, put, t, toast } from '/pages/look/parts.js';

/** Pauses between looks at how far it is, in milliseconds. */
const lookPause = 500;
/** Bytes of a file. */
const mostBytes = 8 * 1024 * 1024;

/** Opens the way; `done()` is called once customers are in. */
export function openImport({ tenant, done }) {
  const file = el('input', { type: 'file', id: freshId('file'), accept: '.csv,text/csv,text/plain,text/tab-separated-values', class: 'input', 'data-part': 'file' });
  const country = el('input', { class: 'input num', id: freshId('country'), inputmode: 'numeric', maxlength: 4, autocomplete: 'off', placeholder: '34', 'data-part': 'country' });
  const report = el('div', { class: 'stack', 'aria-live': 'polite', 'data-part': 'report' });
  const go = button(t('customers.importGo'), { kind: 'primary', disabled: true, 'data-act': 'import-go', act: take });
  const state = { bytes: null, once: null, read: 0 };
  const dialog = openDialog({
    kind: 'drawer', title: t('customers.import'),
    body: el('div', { class: 'stack' },
      el('p', { class: 'soft' }, t('customers.importText')),
      el('div', { class: 'field' }, el('label', { for: file.id }, t('customers.file')), file, el('span', { class: 'hint' }, t('customers.fileHint'))),
      el('div', { class: 'field' }, el('label', { for: country.id }, t('customers.country')), country, el('span', { class: 'hint' }, t('customers.countryHint'))),
      el('div', {}, button(t('customers.sample'), { kind: 'small', picture: 'download', 'data-act': 'sample', act: sample })),
      report),
    foot: [button(t('act.cancel'), { act: () => dialog.close() }), go],
    closed: () => { state.isOver = true; },
  });
  dialog.id = 'import-dialog';
  file.addEventListener('change', check);
  country.addEventListener('change', () => { if (state.bytes) check(); });

  function where(...rest) {
    return path(['tenants', tenant, 'imports', ...rest], { country: country.value.replace(/^\+|^00/, '').trim() });
  }

  async function check() {
    const [chosen] = file.files;
    go.disabled = true;
    const mine = ++state.read;
    if (!chosen) return put(report);
    if (!chosen.size) return tell({ lines: 0, refused: [], problemCount: 1, problems: [{ line: 0, code: 'empty', value: '' }] });
    if (chosen.size > mostBytes) return put(report, notice('bad', t('customers.fileLarge')));
    state.bytes = await chosen.arrayBuffer();
    state.once = onceKey();
    put(report, el('p', { class: 'soft', role: 'status' }, t('customers.reading')));
    try {
      const found = await change('POST', where('customer-checks'), { bytes: state.bytes });
      if (mine === state.read) tell(found);
    } catch (problem) {
      if (mine === state.read) put(report, notice('bad', t('customers.fileBroken'), problem.words));
    }
    return undefined;
  }

  function tell(found) {
    const isRight = !found.problemCount;
    go.disabled = !isRight || !found.lines;
    put(go, isRight && found.lines ? t('customers.importCount', { count: found.lines }) : t('customers.importGo'));
    put(report, isRight
      ? notice('ok', t('customers.fileRight', { count: found.lines }), t('customers.fileCounts', { fresh: number(found.fresh), known: number(found.known) }))
      : notice('bad', t('customers.fileWrong', { count: found.problemCount }), t('customers.fileWrongText')),
    found.refused.length ? notice('warn', t('customers.fileRefused', { count: found.refused.length }), t('customers.fileRefusedText', { lines: found.refused.slice(0, 20).join(', ') })) : null,
    found.problems.length ? el('ul', { class: 'customer-problems', tabindex: '0', 'aria-label': t('customers.problems') }, found.problems.map((each) => el('li', { 'data-code': each.code },
      el('span', { class: 'meta num' }, each.line ? t('customers.line', { line: number(each.line) }) : t('customers.wholeFile')), name(sentence(each))))) : null,
    found.problemCount > found.problems.length ? el('p', { class: 'meta' }, t('customers.moreProblems', { count: found.problemCount - found.problems.length })) : null);
  }

  async function take() {
    go.disabled = true;
    go.setAttribute('aria-busy', 'true');
    try {
      const begun = await change('POST', where('customers'), { bytes: state.bytes, once: state.once });
      await follow(begun);
    } catch (problem) {
      put(report, notice('bad', t('customers.fileBroken'), problem.words));
      go.disabled = false;
    }
    go.removeAttribute('aria-busy');
  }

  async function follow(begun) {
    const bar = el('progress', { class: 'customer-progress', max: begun.lines, value: 0, 'aria-label': t('customers.importing') });
    const words = el('p', { class: 'soft', role: 'status' }, t('customers.importing'));
    put(report, words, bar);
    while (!state.isOver) {
      let seen = { saved: 0, same: 0 };
      try {
        seen = await ask(path(['tenants', tenant, 'imports', 'customers', begun.import]));
      } catch (problem) {
        if (problem.status !== 404 && !problem.passes) throw problem;
      }
      bar.value = seen.saved + seen.same;
      if (seen.saved + seen.same >= begun.lines) {
        put(report, notice('ok', t('customers.imported', { count: begun.lines }), t('customers.importedText', { saved: number(seen.saved), same: number(seen.same) })));
        toast(t('customers.imported', { count: begun.lines }));
        done();
        return;
      }
      await new Promise((resolve) => { setTimeout(resolve, lookPause); });
    }
    done();
  }

  function sample() {
    saveFile('customers.csv', new Blob([t('customers.sampleFile')], { type: 'text/csv' }));
  }
}

/** What is wrong with a line, in the person's language. */
function sentence({ code, value, words }) {
  const key = 'customers.wrong.' + code;
  return knows(key) ? t(key, { value }) : words;
}
