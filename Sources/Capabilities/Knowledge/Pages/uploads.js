// Files on their way: cut into parts that are named by their bytes, so that whoever drops a file again
// after the line broke sends only what is missing; then read, split and embedded, as the list tells.

import { ask, change, path } from '/pages/look/api.js';
import { listen } from '/pages/look/listen.js';
import { button, el, icon, name, put, t } from '/pages/look/parts.js';
import { sizeOf, standingOf } from './standing.js';

/** Bytes of the largest file, of a part at most and at least, and how many parts a file has at most. */
const limits = { file: 32 * 1024 * 1024, part: 4 * 1024 * 1024, least: 512 * 1024, parts: 8 };
/** Pauses before a part is tried again, in milliseconds. */
const pauses = [1_000, 2_000, 4_000, 8_000];
/** How often a document that is being read is looked at, where nobody tells; in milliseconds. */
const lookPause = 2_000;

/** The files that are on their way, of one business. */
export class Uploads {
  constructor(room) {
    this.room = room;
    this.items = [];
    this.list = el('ul', { class: 'knowledge-uploads', 'aria-label': t('knowledge.uploads') });
    this.said = el('p', { class: 'sr', role: 'status' });
    this.element = el('section', { class: 'card', id: 'uploads', hidden: true, 'aria-label': t('knowledge.uploads') },
      el('header', { class: 'card-head' }, el('h2', { class: 'grow' }, t('knowledge.uploads')),
        button(t('knowledge.clearDone'), { kind: 'small quiet', 'data-act': 'clear-done', act: () => this.clear() })),
      this.list, this.said);
    this.replaced = null;
    this.input = el('input', { type: 'file', multiple: true, hidden: true, id: 'upload-files', onchange: () => {
      this.add([...this.input.files], this.replaced);
      this.replaced = null;
      this.input.value = '';
    } });
    listen('documents', { tenant: room.tenant, changed: ({ id } = {}) => this.heard(id) });
  }

  /** Lets somebody choose files; `row` is the document that the one file replaces. */
  choose(row = null) {
    this.replaced = row;
    this.input.multiple = !row;
    this.input.click();
  }

  /** Takes files that are dropped anywhere on the page. */
  takeDrops(page) {
    let depth = 0;
    const mark = (isOver) => page.classList.toggle('knowledge-over', isOver);
    const holdsFiles = (event) => [...event.dataTransfer?.items ?? []].some(({ kind }) => kind === 'file');
    page.addEventListener('dragenter', (event) => { if (holdsFiles(event)) { depth += 1; mark(true); } });
    page.addEventListener('dragleave', () => { depth = Math.max(0, depth - 1); if (!depth) mark(false); });
    page.addEventListener('dragover', (event) => { if (holdsFiles(event)) event.preventDefault(); });
    page.addEventListener('drop', (event) => {
      if (!holdsFiles(event)) return;
      event.preventDefault();
      depth = 0;
      mark(false);
      this.add([...event.dataTransfer.files]);
    });
  }

  add(files, row) {
    for (const file of files) {
      const called = row?.name ?? file.name;
      const item = { file, name: called, sent: 0, state: 'waits', problem: null, row: null };
      const isTwice = this.items.some((other) => other.name === called && !['done', 'failed'].includes(other.state));
      if (isTwice) Object.assign(item, { state: 'failed', problem: t('knowledge.twice') });
      else if (!file.size) Object.assign(item, { state: 'failed', problem: t('knowledge.noBytes') });
      else if (file.size > limits.file) Object.assign(item, { state: 'failed', problem: t('knowledge.tooLarge', { most: sizeOf(limits.file) }) });
      this.items = this.items.filter((other) => other.name !== called || !['done', 'failed'].includes(other.state));
      this.items.push(item);
    }
    this.show();
    this.work();
  }

  /** Sends one file after the other. */
  async work() {
    if (this.isBusy) return;
    this.isBusy = true;
    for (let item = this.next(); item; item = this.next()) {
      item.state = 'sends';
      this.show();
      try {
        item.row = await this.send(item);
        item.state = item.row.outcome === 'pending' ? 'reads' : 'done';
        this.follow(item);
      } catch (problem) {
        Object.assign(item, { state: 'failed', problem: problem.words ?? problem.message, isAgain: true });
      }
      this.show();
    }
    this.isBusy = false;
  }

  next() {
    return this.items.find(({ state }) => state === 'waits');
  }

  async send(item) {
    const { file } = item;
    const to = (...rest) => path(['tenants', this.room.tenant, ...rest], { name: item.name });
    // Parts are named by their hash, which browsers reckon at secure addresses only.
    if (file.size <= limits.least || !crypto.subtle) {
      const answer = await change('POST', to('documents'), { bytes: await file.arrayBuffer() });
      item.sent = file.size;
      return answer;
    }
    const size = Math.min(limits.part, Math.max(limits.least, Math.ceil(file.size / limits.parts)));
    const parts = [];
    for (let from = 0; from < file.size; from += size) {
      const blob = file.slice(from, from + size);
      parts.push({ blob, name: await hashOf(blob) });
    }
    const known = await ask(path(['tenants', this.room.tenant, 'document-parts'], { of: parts.map((part) => part.name).join(',') }));
    for (const part of parts) {
      if (!known.parts.includes(part.name)) await this.put(part);
      item.sent = Math.min(file.size, item.sent + part.blob.size);
      this.show();
    }
    return change('POST', to('assembled-documents'), { body: { parts: parts.map((part) => part.name) } });
  }

  async put(part) {
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await change('PUT', path(['tenants', this.room.tenant, 'document-parts', part.name]), { bytes: await part.blob.arrayBuffer() });
      } catch (problem) {
        if (!problem.passes || attempt >= pauses.length) throw problem;
        await new Promise((resolve) => { setTimeout(resolve, pauses[attempt]); });
      }
    }
  }

  /** Looks at a document until it is read. */
  follow(item) {
    clearTimeout(item.timer);
    if (item.state !== 'reads') return;
    item.timer = setTimeout(() => this.look(item), lookPause);
  }

  heard(id) {
    for (const item of this.items) {
      if (item.state === 'reads' && (!id || item.row?.id === id)) this.look(item);
    }
  }

  async look(item) {
    if (item.isLooking) { item.isStale = true; return; }
    item.isLooking = true;
    try {
      const { document: row } = await ask(this.room.at('documents', item.row.id));
      item.row = { ...row, replaces: item.row.replaces };
      if (row.outcome !== 'pending') item.state = 'done';
      this.show();
    } catch (problem) {
      if (problem.status === 404) Object.assign(item, { state: 'failed', problem: t('knowledge.takenOut') });
    }
    item.isLooking = false;
    if (item.isStale) { item.isStale = false; this.look(item); } else { this.follow(item); }
  }

  clear() {
    this.items = this.items.filter(({ state }) => !['done', 'failed'].includes(state));
    this.show();
  }

  again(item) {
    Object.assign(item, { state: 'waits', problem: null, sent: 0 });
    this.show();
    this.work();
  }

  show() {
    this.element.hidden = !this.items.length;
    put(this.list, this.items.map((item) => this.line(item)));
    const left = this.items.filter(({ state }) => !['done', 'failed'].includes(state)).length;
    const words = this.items.length ? t(left ? 'knowledge.uploadsLeft' : 'knowledge.uploadsDone', { count: left || this.items.length }) : '';
    if (this.said.textContent !== words) this.said.textContent = words;
  }

  line(item) {
    const { kind, words, value, picture } = this.told(item);
    return el('li', { 'data-upload': item.name, 'data-state': item.state },
      icon(picture, kind), el('div', { class: 'grow' },
        el('div', { class: 'row no-wrap' }, name(item.name, { class: 'grow cut' }), el('span', { class: 'meta num' }, sizeOf(item.file.size))),
        el('progress', { class: `meter ${item.state === 'failed' ? 'bad' : ''}`.trim(), max: 1, value: value ?? 0, 'aria-label': item.name }),
        el('span', { class: `meta ${kind}`.trim() }, words)),
      item.isAgain && item.state === 'failed' ? button(t('act.again'), { kind: 'small', picture: 'refresh', act: () => this.again(item) }) : null,
      item.row && item.state !== 'failed' ? button(t('knowledge.look'), { kind: 'small quiet', act: () => this.room.look(item.row.id) }) : null);
  }

  told(item) {
    if (item.state === 'failed') return { kind: 'is-bad', picture: 'bad', words: item.problem, value: 0 };
    if (item.state === 'waits') return { kind: '', picture: 'clock', words: t('knowledge.queued'), value: 0 };
    if (item.state === 'sends') {
      return { kind: '', picture: 'upload', words: t('knowledge.sending', { sent: sizeOf(item.sent), of: sizeOf(item.file.size) }), value: 0.25 * item.sent / item.file.size };
    }
    const standing = standingOf(item.row);
    if (item.state === 'reads') return { kind: '', picture: 'file', words: standing.words, value: 0.25 + standing.step * 0.25 + 0.25 * (standing.share ?? 0) };
    const isBad = standing.kind === 'bad';
    return {
      kind: isBad ? 'is-bad' : standing.kind === 'warn' ? 'is-warn' : 'is-ok', picture: isBad ? 'bad' : standing.kind === 'warn' ? 'warn' : 'ok', value: isBad ? 0 : 1,
      words: [standing.words, standing.kind === 'warn' ? [' · ', standing.problem.title] : null, isBad ? [' · ', standing.problem?.text] : null,
        item.row.replaces ? [' · ', t('knowledge.newVersion')] : null],
    };
  }
}

async function hashOf(blob) {
  const hash = await crypto.subtle.digest('SHA-256', await blob.arrayBuffer());
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
