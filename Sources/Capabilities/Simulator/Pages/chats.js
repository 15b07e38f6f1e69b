// The customers whom one can play: a list, and a new one.

import { ask, path } from '/pages/look/api.js';
import { ago, avatar, broken, el, field, form, name, openDialog, put, t } from '/pages/look/parts.js';
import { names } from './samples.js';

/** What is said instead of words of a message. */
export const kindWords = (type) => {
  const known = ['image', 'audio', 'video', 'document', 'sticker', 'location', 'contacts', 'interactive', 'button', 'template', 'reaction', 'edit', 'revoke'];
  return known.includes(type) ? t('simulator.kind.' + type) : type;
};

/** The list of a business's customers; `choose` is told whom to play. */
export function chatList({ business, choose }) {
  const list = el('ul', { class: 'talks sim-talks' });
  const element = el('div', { class: 'stack' }, el('h2', {}, t('simulator.chats')), list);
  let chosen = null;
  let asked = 0;
  const mark = (phone) => {
    chosen = phone;
    for (const link of list.querySelectorAll('[data-phone]')) {
      if (link.dataset.phone === phone) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
  };
  async function load() {
    asked += 1;
    const mine = asked;
    try {
      const { chats } = await ask(path(['simulator', 'businesses', business().name, 'chats']));
      if (mine !== asked) return null;
      put(list, chats.length ? chats.map((chat) => el('li', {},
        el('a', {
          href: '#' + chat.phone, 'data-phone': chat.phone,
          onclick: (event) => { event.preventDefault(); choose(chat); },
        }, el('span'), avatar({ text: chat.name, kind: 'small' }), el('span', {},
          el('span', { class: 'top' }, name(chat.name, { class: 'who cut' }), chat.at ? el('span', { class: 'when' }, ago(chat.at)) : null),
          el('span', { class: 'say' }, el('bdi', { class: 'cut', dir: 'auto' }, chat.last ? kindOr(chat.last) : t('simulator.nothingYet'))))))) : el('li', { class: 'soft sim-none' }, t('simulator.noChats')));
      mark(chosen);
      return chats;
    } catch (problem) {
      put(list, el('li', {}, broken(problem, { again: load, level: 3 })));
      return null;
    }
  }
  return { element, load, mark };
}

const kindOr = (text) => (/^[a-z_]+$/.test(text) ? kindWords(text) : text);

/** Asks for a new customer. */
export function newCustomer(choose) {
  const made = form({
    fields: [
      field({ name: 'name', label: t('simulator.customerName'), attributes: { maxlength: 100, autocomplete: 'off' } }),
      field({ name: 'phone', label: t('simulator.customerPhone'), hint: t('simulator.phoneHint'), attributes: { inputmode: 'tel', maxlength: 25, autocomplete: 'off' } }),
    ],
    values: { name: names[Math.floor(Math.random() * names.length)], phone: madeUp() }, isDraft: false,
    submit: t('simulator.begin'), cancel: () => dialog.close(),
    save: async ({ name: words, phone }) => ({ name: words.trim(), phone: phone.replace(/\D/g, '') }),
    saved: (customer) => {
      dialog.close();
      choose(customer);
    },
  });
  const dialog = openDialog({ title: t('simulator.newCustomer'), body: made.element });
  dialog.id = 'customer-dialog';
}


/** A number that nobody has yet, most likely. */
const madeUp = () => '+34 6' + String(Math.floor(Math.random() * 1e8)).padStart(8, '0').replace(/(\d{2})(\d{3})(\d{3})/, '$1 $2 $3');
