// Files of conversations: what a customer sent, fetched as bytes and shown as what they are. They
// come from outside, so that nothing but a picture, a sound or a film is made of them.

import { change, path, Problem } from '/pages/look/api.js';
import { saveFile } from '/pages/look/base/files.js';
import { credentials } from '/pages/look/base/session.js';
import { button, el, icon, number, put, t, toast } from '/pages/look/parts.js';

/** Files that are kept for showing them again. */
const mostKept = 60;
const kept = new Map();

function address(tenant, conversation, line) {
  return path(['tenants', tenant, 'conversations', conversation, 'media', line]);
}

/** The bytes of a line's file. Throws a Problem. */
async function bytes(tenant, conversation, line) {
  let answer;
  try {
    answer = await fetch(address(tenant, conversation, line), { headers: credentials() });
  } catch {
    throw new Problem(0, { code: 'unreachable' });
  }
  if (!answer.ok) throw new Problem(answer.status, await answer.json().catch(() => ({})));
  return answer.blob();
}

/** A place from which a browser shows a line's file. */
function source(tenant, conversation, line) {
  const key = `${tenant}/${conversation}/${line}`;
  if (!kept.has(key)) {
    const made = bytes(tenant, conversation, line).then((blob) => URL.createObjectURL(blob));
    made.catch(() => kept.delete(key));
    kept.set(key, made);
    if (kept.size > mostKept) {
      const [oldest, url] = kept.entries().next().value;
      kept.delete(oldest);
      url.then((old) => URL.revokeObjectURL(old), () => { /* it never was one */ });
    }
  }
  return kept.get(key);
}

/** Calls `work` once an element comes into sight. */
function onceSeen(element, work) {
  const watch = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    watch.disconnect();
    work();
  }, { rootMargin: '400px' });
  watch.observe(element);
}

function failed(place, problem, again) {
  put(place, icon('bad', 'large'), el('span', {}, problem.words), button(t('act.again'), { kind: 'small', act: again }));
}

/** A picture; it is fetched once it comes into sight, and opens large. */
export function picture({ tenant, conversation, line, kind, words }) {
  const place = el('div', { class: `media image ${kind === 'sticker' ? 'sticker' : ''}`.trim(), 'aria-busy': 'true' });
  put(place, icon('image', 'large'));
  const show = async () => {
    try {
      const url = await source(tenant, conversation, line);
      const shown = el('img', { src: url, alt: words, decoding: 'async' });
      shown.addEventListener('error', () => failed(place, { words: t('desk.file.broken') }, show));
      put(place, kind === 'sticker' ? shown : el('a', { href: url, target: '_blank', rel: 'noopener', 'aria-label': t('desk.file.open', { name: words }) }, shown));
    } catch (problem) {
      failed(place, problem, show);
    }
    place.removeAttribute('aria-busy');
  };
  onceSeen(place, show);
  return place;
}

/** A sound or a film: it is fetched when it is to be played. */
export function recording({ tenant, conversation, line, kind, isVoice, spoken }) {
  const place = el('div', { class: kind === 'video' ? 'media film' : 'media voice' });
  const label = t(kind === 'video' ? 'desk.kind.video' : isVoice ? 'desk.kind.voice' : 'desk.kind.audio');
  const play = button(null, {
    kind: 'small', picture: 'play', label: t('desk.file.play', { name: label }), 'data-act': 'play',
    act: async () => {
      play.setAttribute('aria-busy', 'true');
      try {
        const url = await source(tenant, conversation, line);
        const player = el(kind, { src: url, controls: true, 'aria-label': label });
        player.addEventListener('error', () => put(place, icon('bad'), el('span', {}, t('desk.file.broken')), save(tenant, conversation, line, label)));
        put(place, player);
        place.classList.add('plays');
        player.focus();
        await player.play().catch(() => { /* the controls are there */ });
      } catch (problem) {
        play.removeAttribute('aria-busy');
        toast(problem.words ?? problem.message, { bad: true });
      }
    },
  });
  put(place, play, el('span', {}, label), save(tenant, conversation, line, label));
  if (!spoken) return place;
  return el('div', {}, place, el('p', { class: 'spoken', dir: 'auto' }, icon('mic', 'small'), el('span', { class: 'sr' }, t('desk.file.spoken'), ' '), spoken));
}

/** A document, which is only ever saved. */
export function document_({ tenant, conversation, line, filename, size }) {
  const words = filename || t('desk.kind.document');
  return el('div', { class: 'media file' }, icon('file'), el('span', { class: 'grow' }, el('bdi', { class: 'cut file-name' }, words),
    size ? el('span', { class: 'meta num' }, sizeWords(size)) : null), save(tenant, conversation, line, words));
}

function save(tenant, conversation, line, words) {
  const act = button(null, {
    kind: 'quiet small', picture: 'download', label: t('desk.file.save', { name: words }), 'data-act': 'save-file',
    act: async () => {
      act.setAttribute('aria-busy', 'true');
      try {
        saveFile(words, await bytes(tenant, conversation, line));
      } catch (problem) {
        toast(problem.words ?? problem.message, { bad: true });
      }
      act.removeAttribute('aria-busy');
    },
  });
  return act;
}

/** A number of bytes in words. */
export function sizeWords(size) {
  const unit = size < 1_000 ? 'byte' : size < 1_000_000 ? 'kilobyte' : 'megabyte';
  const value = size / { byte: 1, kilobyte: 1_000, megabyte: 1_000_000 }[unit];
  return number(value, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: value < 10 ? 1 : 0 });
}

/** Sends a file to the customer. Throws a Problem. */
export function sendFile({ tenant, conversation, file, caption, once }) {
  const target = path(['tenants', tenant, 'conversations', conversation, 'media'], {
    filename: file.name, mediaType: file.type || undefined, caption,
  });
  return change('POST', target, { bytes: file, once });
}
