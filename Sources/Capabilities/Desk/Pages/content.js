// What a line of a transcript holds, in its true form. All of it comes from outside: it becomes text.

import { copyButton, el, icon, name, number, pairs, t } from '/pages/look/parts.js';
import { document_, picture, recording } from './files.js';
import { kindWords, phoneOf, wordsOf } from './people.js';

const filed = new Set(['image', 'video', 'audio', 'document', 'sticker']);

/** The nodes of a line's body. `at` says where files are: `{ tenant, conversation }`. */
export function bodyOf(line, at) {
  const content = line.content;
  const kind = content?.kind;
  const words = wordsOf(line);
  if (!kind || kind === 'text') return [text(words)];
  if (filed.has(kind)) return [file(line, at, words), words && kind !== 'audio' ? text(words) : null];
  const make = cards[kind];
  if (make) return make(content, words, line);
  const label = kindWords(kind);
  return [label ? note(label) : null, words || !label ? text(words || line.text) : null];
}

function text(words) {
  return el('p', { dir: 'auto' }, formatted(words));
}

const styles = { '*': 'strong', _: 'em', '~': 's', '`': 'code' };
/** WhatsApp's marks: *strong*, _slanted_, ~struck out~, `code` and ```code```, at the edges of words. */
const marked = /```([\s\S]+?)```|(?<![\p{L}\p{N}])([*_~`])(?=\S)([^\n]*?\S)\2(?![\p{L}\p{N}])/u;

/** Words with WhatsApp's own marks, as a phone shows them: all of it is text. */
export function formatted(words, depth = 0) {
  const found = depth < 4 ? marked.exec(words) : null;
  if (!found) return [words];
  const [whole, block, mark, inner] = found;
  const after = words.slice(found.index + whole.length);
  const made = block === undefined
    ? el(styles[mark], {}, mark === '`' ? inner : formatted(inner, depth + 1))
    : el('code', {}, block);
  return [words.slice(0, found.index), made, ...formatted(after, depth)];
}

/** A line that is no words of anybody's. */
function note(words, picture = 'info') {
  return el('p', { class: 'desk-kind' }, icon(picture, 'small'), words);
}

function file(line, { tenant, conversation }, words) {
  const { kind, blob, media, filename, problem, spoken } = line.content;
  const where = { tenant, conversation, line: line.id, kind };
  if (!blob) {
    const why = problem ? t('desk.file.problem.' + problem) : t('desk.file.coming');
    return el('div', { class: 'media file missing' }, icon(problem ? 'bad' : 'clock'),
      el('span', {}, kindWords(kind), ' · ', why), null);
  }
  if (kind === 'image' || kind === 'sticker') return picture({ ...where, words: words || kindWords(kind) });
  if (kind === 'audio' || kind === 'video') return recording({ ...where, isVoice: media?.voice, spoken });
  return document_({ ...where, filename: filename ?? media?.filename, size: blob.size });
}

const cards = {
  location: ({ location }, words) => {
    if (!location) return [note(t('desk.kind.location'), 'pin'), text(words)];
    const { latitude, longitude } = location;
    const place = `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
    return [card('pin', location.name || t('desk.kind.location'), [
      location.address ? name(location.address) : null,
      el('div', { class: 'row tight' }, el('span', { class: 'num' }, place), copyButton(place, location.name || t('desk.kind.location'), { kind: 'quiet small', words: null })),
    ])];
  },
  contacts: ({ contacts }, words) => (contacts?.length ? contacts.map((contact) => card('person', contact.name || t('desk.kind.contacts'),
    (contact.phones ?? []).map(({ phone }) => el('bdi', { class: 'num' }, phone)))) : [note(t('desk.kind.contacts'), 'person'), text(words)]),
  order: ({ items, totals }, words) => [card('box', t('desk.kind.order'), [
    el('ul', { class: 'desk-items' }, (items ?? []).map((item) => el('li', {},
      el('span', { class: 'num' }, item.quantity ?? '1', ' ×'), el('bdi', { class: 'grow' }, item.product),
      item.price ? el('span', { class: 'num' }, money(item.price, item.currency)) : null))),
    totals?.length ? el('p', { class: 'num total' }, t('desk.total', { sum: totals.map((total) => money(...total.split(' '))).join(' + ') })) : null,
  ]), items?.length ? null : text(words)],
  flow: ({ fields }, words) => [card('note', t('desk.kind.flow'), [
    fields?.length ? pairs(fields.map(({ name: what, value }) => [name(what), name(value)])) : text(words),
  ])],
  call: ({ call }, words) => [note(callWords(call) ?? words, 'phone')],
  template: ({ template }) => [card('template', t('desk.kind.template'), [el('bdi', {}, template ?? '')])],
  interactive: ({ choices }, words) => [text(words), choices?.length
    ? el('ul', { class: 'desk-choices', 'aria-label': t('desk.choices') }, choices.map((words) => el('li', { class: 'tag' }, icon('reply', 'small'), el('bdi', {}, words))))
    : null],
  button: (_, words) => [note(t('desk.tapped'), 'reply'), text(words)],
  choice: (_, words) => [note(t('desk.tapped'), 'reply'), text(words)],
  list: (_, words) => [note(t('desk.tapped'), 'reply'), text(words)],
  unsupported: () => [note(t('desk.kind.unsupported'), 'warn')],
};

/** An amount as the language writes it; what is none stays as it came. */
function money(amount, currency) {
  if (!/^\d+(\.\d+)?$/.test(amount) || !/^[A-Z]{3}$/.test(currency ?? '')) return [amount, currency].filter(Boolean).join(' ');
  return number(Number(amount), { style: 'currency', currency });
}

function card(picture, title, lines) {
  return el('div', { class: 'desk-card' }, icon(picture), el('div', { class: 'grow' }, el('strong', {}, name(title)),
    lines.filter(Boolean).map((line) => el('div', {}, line))));
}

function callWords(call) {
  if (!call) return null;
  const isMissed = call.isIncoming && call.event === 'terminate' && call.status?.toUpperCase() !== 'COMPLETED' && !call.seconds;
  if (isMissed) return t('desk.call.missed');
  if (call.event === 'terminate' && call.seconds) return t('desk.call.spoken', { seconds: number(call.seconds) });
  return t(call.isIncoming ? 'desk.call.rings' : 'desk.call.out');
}

/** What a customer's card says of who they are. */
export function identity(customer) {
  return [
    phoneOf(customer) ? [t('desk.card.phone'), el('bdi', { class: 'num' }, phoneOf(customer))] : null,
    customer.username ? [t('desk.card.username'), name('@' + customer.username)] : null,
    customer.userID ? [t('desk.card.userID'), el('bdi', { class: 'mono desk-id' }, customer.userID)] : null,
  ];
}
