// One message as a customer's phone shows it.

import { button, clockTime, el, heard, icon, name, t } from '/pages/look/parts.js';
import { picture, recording, saved } from './files.js';

const ticks = { sent: ['check', ''], delivered: ['checks', ''], read: ['read', 'read'], failed: ['bad', ''] };

/** The words by which a message is quoted. */
export function inShort(entry) {
  return entry.text || (entry.content?.body?.text ?? t('simulator.kind.' + entry.type));
}

/**
 * A bubble. `all` finds what is quoted; `acts` are `tap(tap, entry)` and `menu(entry)`; `reactions`
 * are those that stand at it, `change` what became of its words.
 */
export function bubble(entry, { all, tap, menu, reactions = [], change = null }) {
  const quoted = entry.quotes ? all.get(entry.quotes) : null;
  return el('li', { class: entry.is_own ? 'out own' : 'in', 'data-wamid': entry.wamid },
    el('div', { class: 'bubble' },
      entry.quotes ? el('div', { class: 'quote', dir: 'auto' }, quoted ? name(inShort(quoted)) : t('simulator.quotedGone')) : null,
      change?.isGone ? el('p', { class: 'gone' }, t('simulator.gone')) : [body(entry, change?.text), taps(entry, tap)],
      el('div', { class: 'stamp' }, change && !change.isGone ? el('span', {}, t('simulator.edited')) : null,
        entry.type === 'template' ? el('span', { class: 'by' }, t('simulator.template')) : null,
        el('span', {}, clockTime(entry.at)), entry.is_own ? tick(entry.statuses) : null)),
    reactions.length ? el('div', { class: 'reactions' }, reactions.map((emoji) => el('span', {}, emoji))) : null,
    menu ? menu(entry) : null);
}

function tick(statuses) {
  const state = ['failed', 'read', 'delivered', 'sent'].find((each) => statuses.includes(each)) ?? 'sent';
  const [shape, kind] = ticks[state];
  return el('span', { class: kind, 'data-tick': state }, icon(shape), heard(t('simulator.tick.' + state)));
}

function body(entry, changed) {
  const content = entry.content ?? {};
  const words = (text) => (text ? el('p', { dir: 'auto' }, name(text)) : null);
  switch (entry.type) {
    case 'text': return words(changed ?? entry.text ?? content.body);
    case 'image': case 'sticker': return [picture(content, entry), words(content.caption)];
    case 'audio': case 'video': return [recording(content, entry), words(content.caption)];
    case 'document': return [saved(content, entry), words(content.caption)];
    case 'location': return el('div', { class: 'media file' }, icon('pin'), el('span', { class: 'grow' },
      name(content.name ?? t('simulator.kind.location')), el('span', { class: 'meta num' }, `${content.latitude}, ${content.longitude}`)));
    case 'contacts': return [content].flat().map((each) => el('div', { class: 'media file' }, icon('person'), el('span', { class: 'grow' },
      name(each?.name?.formatted_name ?? ''), el('span', { class: 'meta num' }, each?.phones?.[0]?.phone ?? ''))));
    case 'interactive': return interactive(content, entry, words);
    case 'button': return words(content.text);
    case 'template': return words(entry.text);
    default: return words(entry.text ?? t('simulator.kind.unknown', { type: entry.type }));
  }
}

function interactive(content, entry, words) {
  const picked = content.button_reply ?? content.list_reply;
  if (picked) return [words(picked.title), picked.description ? el('p', { class: 'soft', dir: 'auto' }, name(picked.description)) : null];
  const head = content.header?.type === 'text' ? el('p', { dir: 'auto' }, el('b', {}, name(content.header.text))) : null;
  return [head, words(content.body?.text ?? entry.text), content.footer?.text ? el('p', { class: 'soft', dir: 'auto' }, name(content.footer.text)) : null];
}

/** What can be tapped under a message of the business's. */
function taps(entry, tap) {
  if (entry.is_own || !tap) return null;
  const make = (words, work, picturename) => button(words, { kind: 'small', picture: picturename, 'data-act': 'tap', act: work });
  const content = entry.content ?? {};
  const { action } = content;
  const all = [];
  if (entry.type === 'interactive') {
    for (const { reply } of action?.buttons ?? []) all.push(make(reply.title, () => tap({ kind: 'button', id: reply.id, title: reply.title }, entry), 'reply'));
    for (const section of action?.sections ?? []) {
      if (section.title) all.push(el('span', { class: 'sim-section' }, name(section.title)));
      for (const row of section.rows ?? []) all.push(make(row.title, () => tap({ kind: 'row', id: row.id, title: row.title, description: row.description }, entry), 'list'));
    }
    const link = action?.parameters;
    if (link?.url) all.push(el('a', { class: 'button small', href: link.url, target: '_blank', rel: 'noopener noreferrer' }, icon('link'), link.display_text ?? link.url));
  }
  if (entry.type === 'template') {
    for (const part of content.components ?? []) {
      if (part.type !== 'button' || part.sub_type !== 'quick_reply') continue;
      const payload = part.parameters?.[0]?.payload ?? '';
      if (payload) all.push(make(t('simulator.quickReply', { count: Number(part.index ?? 0) + 1 }), () => tap({ kind: 'template', id: payload, title: payload }, entry), 'reply'));
    }
  }
  return all.length ? el('div', { class: 'sim-taps' }, all) : null;
}
