// The phone: a chat that shows at once what the business answers, and what a customer can send.

import { ask, change, path } from '/pages/look/api.js';
import { blank, button, day, el, field, form, icon, menuButton, name, openDialog, put, t, toast } from '/pages/look/parts.js';
import { upload } from './files.js';
import { bubble, inShort } from './messages.js';
import { card as sampleCard, place } from './samples.js';

/** Seconds for which the console is asked to wait for something new. */
const patience = 20;
const emojis = ['👍', '❤️', '😂', '😮', '😢', '🙏'];

export class Phone {
  constructor({ changed }) {
    this.changed = changed;
    this.list = el('ol', { class: 'thread sim-thread' });
    this.scroll = el('div', { class: 'sim-scroll', role: 'log', 'aria-live': 'polite', tabindex: '0', 'aria-label': t('simulator.thread') }, this.list);
    this.head = el('header', { class: 'sim-head' });
    this.quote = el('div', { class: 'sim-quoting', hidden: true });
    this.words = el('textarea', {
      class: 'sim-words', rows: 1, maxlength: 4_096, 'aria-label': t('simulator.write'), placeholder: t('simulator.write'), dir: 'auto',
      onkeydown: (event) => {
        if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
        event.preventDefault();
        this.say();
      },
      oninput: () => this.grow(),
    });
    this.file = el('input', { type: 'file', hidden: true, onchange: () => this.sendFile() });
    this.foot = el('footer', { class: 'sim-foot' }, this.quote, el('div', { class: 'sim-compose' },
      menuButton({ label: t('simulator.attach'), picture: 'plus', kind: 'quiet', items: () => this.kinds(), 'data-act': 'attach' }), this.words,
      button(null, { kind: 'primary only', picture: 'send', label: t('simulator.send'), id: 'say', act: () => this.say() })), this.file);
    this.screen = el('div', { class: 'sim-screen' });
    this.element = el('section', { class: 'sim-phone', 'aria-label': t('simulator.phone') }, this.screen);
    this.run = 0;
  }

  /** Shows that nobody is played yet. */
  clear(start) {
    this.run += 1;
    put(this.screen, blank({ picture: 'phone', level: 2, title: t('simulator.nobody'), text: t('simulator.nobodyText'), acts: [button(t('simulator.newCustomer'), { kind: 'primary', picture: 'plus', act: start })] }));
  }

  /** Plays a customer of a business. */
  show(business, phone, called) {
    this.run += 1;
    Object.assign(this, { business, phone, called, thread: null, quoted: null });
    put(this.list);
    put(this.screen, this.head, this.scroll, this.foot);
    this.drawHead();
    this.cite(null);
    this.follow(this.run);
    this.words.focus({ preventScroll: true });
  }

  at(...rest) {
    return ['simulator', 'businesses', this.business.name, 'chats', this.phone, ...rest];
  }

  /** Asks again and again, each time until something is new. */
  async follow(run) {
    let pause = 0;
    while (run === this.run && this.element.isConnected) {
      try {
        const revision = this.thread?.revision;
        const found = await ask(path(this.at(), { revision, wait: revision === undefined ? 0 : patience }));
        if (run !== this.run) return;
        pause = 0;
        if (found.revision !== revision) this.draw(found);
      } catch (problem) {
        if (run !== this.run) return;
        pause = Math.min(10_000, pause * 2 || 500);
        if (!this.thread) put(this.list, el('li', { class: 'sys' }, problem.words));
      }
      if (pause) await new Promise((resolve) => { setTimeout(resolve, pause); });
    }
  }

  drawHead() {
    const open = this.thread?.open_until;
    put(this.head, el('span', { class: 'sim-face', 'aria-hidden': 'true' }, icon('building')), el('div', { class: 'grow' }, el('h2', {}, name(this.business.name)),
      el('p', { class: 'meta' }, this.thread?.is_typing ? t('simulator.typing') : name(this.business.displayNumber, { class: 'num' }))),
      el('span', { class: 'meta sim-me' }, t('simulator.as'), ' ', name(this.thread?.name ?? this.called ?? this.phone),
        open && open < Date.now() ? el('span', { class: 'badge warn' }, t('simulator.closed')) : null));
  }

  draw(thread) {
    const isLow = this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight < 80;
    const isFirst = !this.thread;
    this.thread = thread;
    // A new customer bears the name with which the first message comes.
    if (!thread.entries.length && this.called) thread.name = this.called;
    this.drawHead();
    const all = new Map(thread.entries.map((entry) => [entry.wamid, entry]));
    const reactions = new Map();
    const changes = new Map();
    for (const entry of thread.entries) {
      if (entry.type === 'reaction') {
        const about = entry.content?.message_id;
        const mine = reactions.get(about) ?? new Map();
        mine.set(entry.is_own, entry.content?.emoji);
        reactions.set(about, mine);
      }
      if (entry.type === 'edit') changes.set(entry.content?.original_message_id, { text: entry.content?.message?.text?.body });
      if (entry.type === 'revoke') changes.set(entry.content?.original_message_id, { isGone: true });
    }
    const shown = thread.entries.filter(({ type }) => !['reaction', 'edit', 'revoke'].includes(type));
    let date;
    const items = shown.flatMap((entry) => {
      const today = day(entry.at);
      const line = today === date ? null : el('li', { class: 'day' }, today);
      date = today;
      return [line, bubble(entry, {
        all, tap: (tap, about) => this.send({ tap, quotes: about.wamid }), menu: (about) => this.menu(about),
        reactions: [...(reactions.get(entry.wamid)?.values() ?? [])].filter(Boolean), change: changes.get(entry.wamid),
      })];
    });
    put(this.list, items.length ? items : el('li', { class: 'day' }, t('simulator.sayHello')), thread.is_typing ? el('li', { class: 'in' }, el('div', { class: 'bubble typing', 'aria-label': t('simulator.typing') }, el('i'), el('i'), el('i'))) : null);
    if (isLow || isFirst) this.scroll.scrollTop = this.scroll.scrollHeight;
    if (!isFirst) this.changed();
  }

  /** What can be done about a message. */
  menu(entry) {
    return menuButton({
      label: t('simulator.about', { words: inShort(entry).slice(0, 40) }), picture: 'dots', kind: 'quiet small', 'data-act': 'about',
      items: () => [
        { words: t('simulator.reply'), picture: 'reply', run: () => this.cite(entry) },
        { head: t('simulator.react') },
        ...emojis.map((emoji) => ({ words: emoji, run: () => this.send({ about: { act: 'react', wamid: entry.wamid, text: emoji } }) })),
        { words: t('simulator.unreact'), picture: 'x', run: () => this.send({ about: { act: 'react', wamid: entry.wamid } }) },
        ...(entry.is_own ? ['-',
          entry.type === 'text' ? { words: t('simulator.edit'), picture: 'edit', run: () => this.edit(entry) } : null,
          { words: t('simulator.delete'), picture: 'trash', danger: true, run: () => this.send({ about: { act: 'delete', wamid: entry.wamid } }) }].filter(Boolean) : []),
      ],
    });
  }

  /** What can be sent besides words. */
  kinds() {
    const pick = (accept) => () => {
      this.file.accept = accept;
      this.file.click();
    };
    return [
      { words: t('simulator.sendPicture'), picture: 'image', run: pick('image/*,video/*') },
      { words: t('simulator.sendVoice'), picture: 'mic', run: pick('audio/*') },
      { words: t('simulator.sendDocument'), picture: 'file', run: pick('') },
      '-',
      { words: t('simulator.sendPlace'), picture: 'pin', run: () => this.place() },
      { words: t('simulator.sendCard'), picture: 'person', run: () => this.card() },
    ];
  }

  cite(entry) {
    this.quoted = entry;
    this.quote.hidden = !entry;
    put(this.quote, entry ? [el('div', { class: 'quote grow', dir: 'auto' }, name(inShort(entry))), button(null, { kind: 'quiet small', picture: 'x', label: t('act.close'), act: () => this.cite(null) })] : null);
    if (entry) this.words.focus();
  }

  grow() {
    this.words.style.blockSize = 'auto';
    this.words.style.blockSize = `${Math.min(this.words.scrollHeight, 160)}px`;
  }

  async say() {
    const text = this.words.value.trim();
    if (!text) return;
    this.words.value = '';
    this.grow();
    if (!await this.send({ text, quotes: this.quoted?.wamid })) this.words.value = text;
    this.words.focus();
  }

  /** Sends; gives whether it went. */
  async send(message) {
    try {
      const first = this.thread?.entries.length ? {} : { name: this.called };
      await change('POST', path(this.at('messages')), { body: { ...first, ...message } });
      this.cite(null);
      this.scroll.scrollTop = this.scroll.scrollHeight;
      return true;
    } catch (problem) {
      toast(problem.words, { bad: true });
      return false;
    }
  }

  async sendFile() {
    const [file] = this.file.files;
    this.file.value = '';
    if (!file) return;
    try {
      const stored = await upload(this.business.name, file);
      const caption = this.words.value.trim();
      this.words.value = '';
      await this.send({ quotes: this.quoted?.wamid, file: { ...stored, ...(caption && !['audio', 'sticker'].includes(stored.kind) ? { caption } : {}), ...(stored.kind === 'audio' ? { voice: true } : {}) } });
    } catch (problem) {
      toast(problem.words ?? problem.message, { bad: true });
    }
  }

  dialog(title, fields, values, made) {
    const body = form({
      fields, values, isDraft: false, submit: t('simulator.send'), cancel: () => dialog.close(),
      save: async (read) => read, saved: (read) => {
        dialog.close();
        this.send(made(read));
      },
    });
    const dialog = openDialog({ title, body: body.element });
  }

  place() {
    const degrees = (key, label) => field({ name: key, kind: 'number', label: t(label) });
    this.dialog(t('simulator.sendPlace'), [
      field({ name: 'name', label: t('simulator.placeName'), optional: true, attributes: { maxlength: 200 } }), degrees('latitude', 'simulator.latitude'), degrees('longitude', 'simulator.longitude'),
    ], place, ({ name: words, latitude, longitude }) => ({ place: { latitude, longitude, ...(words ? { name: words } : {}) } }));
  }

  card() {
    this.dialog(t('simulator.sendCard'), [
      field({ name: 'name', label: t('simulator.customerName'), attributes: { maxlength: 100 } }), field({ name: 'phone', label: t('simulator.customerPhone'), attributes: { maxlength: 40 } }),
    ], sampleCard, (card) => ({ card }));
  }

  edit(entry) {
    this.dialog(t('simulator.edit'), [field({ name: 'text', kind: 'textarea', label: t('simulator.write'), attributes: { maxlength: 4_096 } })],
      { text: entry.text }, ({ text }) => ({ about: { act: 'edit', wamid: entry.wamid, text } }));
  }
}
