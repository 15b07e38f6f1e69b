// How a document stands, in words of whoever keeps a shop: how far it is, what is wrong, what to do.

import { date, el, icon, name, number, put, t } from '/pages/look/parts.js';

/** The steps that a document goes through. */
const steps = 4;

/** What the console says is wrong, and the words for it; what is not here is said as it comes. */
const known = [
  [/protected by a password/, 'locked'],
  [/is damaged and cannot be read/, 'damaged'],
  [/The file has .* at most|document would fill|holds more than|makes \d+ passages/, 'large'],
  [/took longer than|needs more than .* of memory/, 'slow'],
  [/more than \d+ cells/, 'cells'],
  [/which is not read: add/, 'kind'],
  [/is named \.(\S+) but its content is/, 'named', (match) => ({ ending: match[1] })],
  [/text is garbled/, 'garbled'],
  [/has no text|holds no text/, 'empty'],
  [/is missing on the server: install Debian's package ([\w.+-]+)/, 'tool', (match) => ({ program: match[1] })],
  [/not in the blob store any more/, 'lost'],
  [/found by words only: no embedding server is set up/, 'wordsOnly'],
  [/found by words only/, 'wordsForNow'],
  [/was set aside/, 'aside'],
  [/(\d+) pages? (?:was|were) read from pictures, (\d+) % sure(;)?/, 'pictures', (match) => ({ count: Number(match[1]), sure: Number(match[2]) })],
  [/(\d+) pages? without words could not be read/, 'wordless', (match) => ({ count: Number(match[1]) })],
];

/** Problems after which a document is found all the same. */
const mild = ['wordsOnly', 'wordsForNow', 'pictures', 'wordless'];

/** What is so for the whole installation: it is said once. */
export const common = ['wordsOnly', 'wordsForNow'];

/** What is wrong with a document: `{ key, title, text, isMild }`, or null. */
export function problemOf(row) {
  if (!row.problem) return null;
  for (const [pattern, key, values] of known) {
    const match = row.problem.match(pattern);
    if (match) {
      const filled = values?.(match) ?? {};
      return { key, title: t('knowledge.problem.' + key, filled), text: t('knowledge.remedy.' + key, filled), isMild: mild.includes(key) && row.outcome !== 'failed' };
    }
  }
  return { key: 'other', title: name(row.problem), text: t('knowledge.remedy.other'), isMild: row.outcome !== 'failed' };
}

/** Where a document stands: the step that it is at, how that is, and a sentence. */
export function standingOf(row, now = Date.now()) {
  if (row.outcome === 'pending') {
    const { progress } = row;
    if (progress?.reading) {
      const { pages, of, isRecognition } = progress.reading;
      return {
        step: 0, kind: 'now',
        words: isRecognition && of ? t('knowledge.recognising', { page: pages + 1, of }) : t('knowledge.readingPages', { count: pages }),
        share: of ? pages / of : null,
      };
    }
    if (progress?.passages) {
      return { step: 2, kind: 'now', words: t('knowledge.embedding', { done: number(progress.done), of: number(progress.passages) }), share: progress.done / progress.passages };
    }
    return { step: 0, kind: 'now', words: t('knowledge.waiting'), share: null };
  }
  const problem = problemOf(row);
  if (row.outcome === 'failed') {
    return { step: 0, kind: 'bad', words: problem?.title ?? t('knowledge.failed'), problem };
  }
  const passages = t('knowledge.live', { count: row.passages });
  const { validFrom, validUntil } = row.terms ?? {};
  if (validUntil && validUntil <= now) return { step: steps, kind: 'off', words: t('knowledge.over', { day: date(validUntil) }), problem };
  if (validFrom && validFrom > now) return { step: steps, kind: 'off', words: t('knowledge.later', { day: date(validFrom) }), problem };
  return { step: steps, kind: problem && !common.includes(problem.key) ? 'warn' : 'done', words: passages, problem };
}

/** The cell of a table that shows how a document stands. */
export function standingCell(row) {
  const { step, kind, words, problem, share } = standingOf(row);
  return el('div', { class: 'knowledge-standing', 'data-standing': kind },
    el('div', { class: `progress ${kind === 'off' ? 'off' : ''}`, 'aria-hidden': 'true' }, Array.from({ length: steps }, (_, index) => el('i', {
      class: index < step ? 'done' : index === step ? kind : null,
    }))),
    el('span', { class: `meta ${kind === 'bad' ? 'is-bad' : ''}`.trim() }, words),
    share !== null && share !== undefined && kind === 'now' ? el('progress', { class: 'meter', max: 1, value: share, 'aria-label': words }) : null,
    problem && kind !== 'bad' && !common.includes(problem.key) ? el('span', { class: 'knowledge-remark is-warn' }, icon('warn', 'small'), el('span', {}, problem.title)) : null,
    problem && kind === 'bad' ? el('span', { class: 'sub' }, row.passages ? t('knowledge.before') : problem.text) : null);
}

/** Kinds of files by their endings. */
const kinds = { pdf: 'pdf', docx: 'word', xlsx: 'excel', html: 'html', htm: 'html', md: 'markdown', csv: 'csv', txt: 'text', png: 'picture', jpg: 'picture', jpeg: 'picture' };

/** What kind of file a name tells of. */
export function kindOf(row) {
  if (row.id.startsWith('qa_')) return t('knowledge.kind.answer');
  if (/^https?:/.test(row.name)) return t('knowledge.kind.page');
  const ending = row.name.match(/\.(\w{1,5})$/)?.[1]?.toLowerCase();
  return t('knowledge.kind.' + (kinds[ending] ?? 'file'));
}

/** Bytes in words. */
export function sizeOf(bytes) {
  const [unit, size] = bytes >= 1_000_000 ? ['megabyte', bytes / 1_000_000] : ['kilobyte', Math.max(bytes ? 1 : 0, Math.ceil(bytes / 1_000))];
  return number(size, { style: 'unit', unit, maximumFractionDigits: unit === 'megabyte' && size < 10 ? 1 : 0 });
}

/** The labels of a document, as marks. */
export function labelsOf(row) {
  return (row.terms?.labels ?? []).map((label) => el('span', { class: 'tag' }, name(label)));
}

/** Replaces what stands in a place by what a document's problem is, and what to do. */
export function sayProblem(place, row, notice) {
  const { problem, kind } = standingOf(row);
  put(place, problem ? notice(kind === 'bad' ? 'bad' : 'warn', problem.title, problem.text) : null);
}
