// Why an answer is as it is, in words of whoever keeps a shop: of a trial, and of what was sent.

import { badge, el, icon, name, notice, number, pairs, percent, t } from '/pages/look/parts.js';
import { passageCard } from './document.js';

/** What came of it, as a notice: `outcome`, `reason`, `isUnsure`, `fallback` as the console says it. */
export function verdictOf(reasons) {
  const { outcome, reason, isUnsure, fallback } = reasons;
  if (outcome === 'answer') {
    return notice(isUnsure ? 'warn' : 'ok', t(isUnsure ? 'knowledge.verdict.unsure' : 'knowledge.verdict.answer'), t(fallback ? 'knowledge.verdict.fallbackText' : isUnsure ? 'knowledge.verdict.unsureText' : 'knowledge.verdict.answerText'));
  }
  if (outcome === 'handoff') return notice('warn', t('knowledge.verdict.handoff'), t('knowledge.because.' + (reasonKeys.includes(reason) ? reason : 'other')));
  if (outcome === 'courtesy') return notice('ok', t('knowledge.verdict.courtesy'), t('knowledge.verdict.courtesyText'));
  if (outcome === 'tool') return notice('', t('knowledge.verdict.tool'), t('knowledge.verdict.toolText'));
  if (outcome === 'silence') return notice('', t('knowledge.verdict.silence'), t('knowledge.verdict.silenceText'));
  return notice('', t('knowledge.verdict.none'), t('knowledge.verdict.noneText'));
}

const reasonKeys = ['asked', 'unanswered', 'unsupported', 'modelFailure', 'unreadable', 'suspended', 'stopped'];

/** What was found, with scores, what was composed, and what the checks said. */
export function reasonsView(reasons, { today, level = 2 } = {}) {
  return [
    reasons.questions.map((question, index) => found(question, today?.[index], level)),
    composed(reasons, level),
  ];
}

function found(question, today, level) {
  const { passages, answerability } = question;
  const then = new Set(passages.map(({ contentHash }) => contentHash));
  return el('section', { class: 'card', 'aria-label': t('knowledge.found') },
    el('header', { class: 'card-head' }, el('h' + level, { class: 'grow' }, t('knowledge.found')), answerability ? likely(answerability) : null),
    el('div', { class: 'card-body' },
      el('p', { class: 'meta' }, t('knowledge.lookedFor'), ' ', el('q', { dir: 'auto' }, question.query || '–'),
        question.search === 'textOnly' ? [' · ', el('span', { class: 'is-warn' }, t('knowledge.byWords'))] : null),
      passages.length ? el('ol', { class: 'knowledge-passages' }, passages.slice(0, 6).map((passage) => el('li', {}, passageCard(passage, {
        document: passage.document, isUsed: passage.isCited, quote: passage.quote, score: scoreOf(passage),
      })))) : el('p', { class: 'soft' }, t('knowledge.foundNothing')),
      today ? el('details', {}, el('summary', {}, t('knowledge.today')), today.passages.length
        ? el('ol', { class: 'knowledge-passages' }, today.passages.map((passage) => el('li', {},
          badge(then.has(passage.contentHash) ? '' : 'accent', t(then.has(passage.contentHash) ? 'knowledge.sameAsThen' : 'knowledge.newSince')),
          passageCard(passage, { document: passage.document, score: scoreOf(passage) }))))
        : el('p', { class: 'soft' }, t('knowledge.foundNothing'))) : null));
}

function likely({ probability, zone }) {
  const kinds = { answer: 'ok', unsure: 'warn', none: 'bad' };
  return badge(kinds[zone] ?? '', t('knowledge.zone.' + zone, { percent: percent(probability) }));
}

function scoreOf({ score, similarity, overlap, isCited }) {
  const parts = [
    similarity === undefined ? null : t('knowledge.byMeaningShare', { percent: percent(similarity) }),
    overlap === undefined ? null : t('knowledge.byWordsShare', { percent: percent(overlap) }),
  ].filter(Boolean).join(', ');
  return el('span', { class: 'row tight' }, el('span', { class: 'num', title: parts }, t('knowledge.score', { score: number(score, { maximumFractionDigits: 2 }) })),
    parts ? el('span', { class: 'meta' }, parts) : null, isCited ? badge('accent', t('knowledge.used'), 'check') : null);
}

function composed(reasons, level) {
  const { model, prompt, promptHash, promptTokens, completionTokens, checks = [], fallback, tools = [], calls = [], milliseconds, summary } = reasons;
  const isBuiltIn = !model || model === 'built-in';
  const waited = calls.reduce((sum, call) => sum + call.milliseconds, 0);
  return el('section', { class: 'card', 'aria-label': t('knowledge.composed') },
    el('header', { class: 'card-head' }, el('h' + level, { class: 'grow' }, t('knowledge.composed'))),
    el('div', { class: 'card-body' }, pairs([
      [t('knowledge.writtenBy'), isBuiltIn ? t('knowledge.builtIn') : name(model)],
      fallback ? [t('knowledge.stoodIn'), t('knowledge.because.' + (reasonKeys.includes(fallback) ? fallback : 'other'))] : null,
      prompt ? [t('knowledge.promptUsed'), name(prompt), promptHash?.slice(0, 12)] : null,
      promptTokens ? [t('knowledge.tokens'), t('knowledge.tokensText', { read: number(promptTokens), written: number(completionTokens ?? 0) })] : null,
      tools.length ? [t('knowledge.tools'), name(tools.join(', '))] : null,
      [t('knowledge.length'), t('knowledge.seconds', { seconds: number((milliseconds ?? waited) / 1_000, { maximumFractionDigits: 1 }) })],
    ]),
    checks.length ? el('ul', { class: 'knowledge-checks', 'aria-label': t('knowledge.checks') }, checks.map((check) => el('li', {},
      el('div', { class: 'knowledge-remark' }, icon(check.verdict === 'passed' ? 'ok' : check.verdict === 'heldBack' ? 'bad' : 'info', 'small'),
        el('span', {}, t('knowledge.check.' + check.verdict), check.problem ? [' ', name(check.problem)] : null)),
      check.answer ? el('details', {}, el('summary', { class: 'meta' }, t('knowledge.heldBack')), el('p', { class: 'knowledge-words', dir: 'auto' }, check.answer)) : null))) : null,
    summary ? el('details', {}, el('summary', {}, t('knowledge.agentReads')), el('p', { class: 'knowledge-words soft', dir: 'auto' }, summary)) : null));
}
