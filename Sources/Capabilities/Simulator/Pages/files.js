// Files in a chat: fetched as bytes, and shown as pictures, sounds and films only.

import { change, path, Problem } from '/pages/look/api.js';
import { saveFile } from '/pages/look/base/files.js';
import { credentials } from '/pages/look/base/session.js';
import { button, el, icon, put, t, toast } from '/pages/look/parts.js';

/** Files that are kept for showing them again. */
const mostKept = 60;
const kept = new Map();

async function bytes(id) {
  let answer;
  try {
    answer = await fetch(path(['simulator', 'media', id]), { headers: credentials() });
  } catch {
    throw new Problem(0, { code: 'unreachable' });
  }
  if (!answer.ok) throw new Problem(answer.status, await answer.json().catch(() => ({})));
  return answer.blob();
}

function source(id) {
  if (!kept.has(id)) {
    const made = bytes(id).then((blob) => URL.createObjectURL(blob));
    made.catch(() => kept.delete(id));
    kept.set(id, made);
    if (kept.size > mostKept) {
      const [oldest, url] = kept.entries().next().value;
      kept.delete(oldest);
      url.then((old) => URL.revokeObjectURL(old), () => { /* it never was one */ });
    }
  }
  return kept.get(id);
}

/** A picture, or where it would be. */
export function picture({ id }, entry) {
  const words = t('simulator.kind.' + entry.type);
  const place = el('div', { class: 'media image' }, icon('image', 'large'), el('span', {}, words));
  if (!id) return place;
  source(id).then((url) => put(place, el('img', { src: url, alt: entry.text || words, decoding: 'async' })), () => put(place, icon('bad', 'large'), el('span', {}, t('simulator.noFile'))));
  return place;
}

/** A sound or a film: it is fetched when it is to be played. */
export function recording({ id, voice }, entry) {
  const words = t(voice ? 'simulator.kind.voice' : 'simulator.kind.' + entry.type);
  const place = el('div', { class: 'media voice' });
  const play = button(null, {
    kind: 'small', picture: 'play', label: `${t('simulator.play')}: ${words}`,
    act: async () => {
      try {
        const player = el(entry.type === 'video' ? 'video' : 'audio', { src: await source(id), controls: true, 'aria-label': words });
        put(place, player);
        player.focus();
        await player.play().catch(() => { /* the controls are there */ });
      } catch (problem) {
        toast(problem.words ?? problem.message, { bad: true });
      }
    },
  });
  put(place, id ? play : icon('mic'), el('span', { class: 'grow' }, words));
  return place;
}

/** A document, which is only ever saved. */
export function saved({ id, filename }) {
  const words = filename || t('simulator.kind.document');
  return el('div', { class: 'media file' }, icon('file'), el('bdi', { class: 'cut grow' }, words), id ? button(null, {
    kind: 'quiet small', picture: 'download', label: `${t('simulator.save')}: ${words}`,
    act: async () => {
      try {
        saveFile(words, await bytes(id));
      } catch (problem) {
        toast(problem.words ?? problem.message, { bad: true });
      }
    },
  }) : null);
}

/** Puts a file on the customer's phone; gives how a message names it. Throws a Problem. */
export async function upload(business, file) {
  const type = (file.type || 'application/octet-stream').toLowerCase();
  const stored = await change('POST', path(['simulator', 'businesses', business, 'media'], { mediaType: type }), { bytes: file });
  const kind = type === 'image/webp' ? 'sticker' : ['image', 'audio', 'video'].find((each) => type.startsWith(each + '/')) ?? 'document';
  return { ...stored, kind, ...(kind === 'document' ? { filename: file.name.slice(0, 240) } : {}) };
}
