// What the bot would say, with the passages that it rests on.

import { button, el, icon, name, number, t } from '/pages/look/parts.js';
import { formatted } from './content.js';

/** The suggestion: `send()` sends it as it is, `edit()` puts it where it is written, `dismiss(control)` puts it aside for everybody. */
export function suggestionPane({ suggestion, send, edit, dismiss }) {
  const cited = suggestion.citations ?? [];
  return el('section', { class: 'suggestion', 'aria-label': t('desk.suggestion'), id: 'suggestion' },
    el('header', {}, icon('suggest', 'small'), t('desk.suggestion'),
      cited.length ? el('span', { class: 'push meta' }, t('desk.passages', { count: cited.length })) : null),
    el('div', { class: 'text', dir: 'auto', tabindex: '0', role: 'group', 'aria-label': t('desk.suggestion') }, formatted(suggestion.text)),
    cited.length ? el('ol', { class: 'sources' }, cited.map((each, index) => el('li', {},
      each.quote ? el('details', {}, el('summary', {}, sourceOf(each, index)), el('blockquote', { dir: 'auto' }, each.quote)) : sourceOf(each, index)))) : null,
    el('footer', {},
      button(t('desk.use'), { kind: 'primary small', picture: 'send', 'data-act': 'use', act: send }),
      button([t('desk.edit'), ' ', el('kbd', { 'aria-hidden': 'true' }, 'E')], { kind: 'small', 'data-act': 'edit-suggestion', act: edit }),
      button([t('desk.dismiss'), ' ', el('kbd', { 'aria-hidden': 'true' }, '.')], { kind: 'quiet small', 'data-act': 'dismiss', act: dismiss })));
}

function sourceOf(cited, index) {
  return [el('b', {}, number(index + 1)), ' ', name(cited.documentName), cited.page ? `, ${t('desk.page', { page: number(cited.page) })}` : null,
    cited.headings?.length ? [' · ', name(cited.headings.at(-1))] : null];
}
