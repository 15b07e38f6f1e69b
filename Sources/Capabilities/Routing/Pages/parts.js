// What forms of queues are made of: words in a row, people, minutes, and rules.

import { button, el, field, freshId, name, put, t } from '/pages/look/parts.js';

/** Why people are needed. */
const reasons = ['asked', 'unanswered', 'unsupported', 'modelFailure', 'unreadable', 'undelivered', 'suspended', 'missedCall', 'stopped'];

/** Several words with commas between them. */
export function wordsField(options) {
  const made = field({ ...options, optional: true, attributes: { maxlength: 1_000, autocapitalize: 'off', spellcheck: 'false' } });
  const { read, write } = made;
  return Object.assign(made, { read: () => split(read()), write: (words) => write((words ?? []).join(', ')) });
}

function split(text) {
  return text.split(',').map((word) => word.trim()).filter(Boolean);
}

/** Minutes that are kept as seconds; empty for never. */
export function stepField(options) {
  const made = field({ ...options, kind: 'number', optional: true, hint: t('queues.minutes'), attributes: { inputmode: 'decimal', min: 1, max: 10_080 } });
  const { read, write } = made;
  return Object.assign(made, {
    read: () => {
      const minutes = read();
      return typeof minutes === 'number' ? Math.round(minutes * 60) : minutes;
    },
    write: (seconds) => write(seconds ? String(Math.round(seconds / 6) / 10) : ''),
  });
}

/** What a form needs of a field that is made of several inputs. */
function composed({ key, label, element, input, read, write }) {
  const error = el('span', { class: 'error', hidden: true });
  element.append(error);
  return {
    name: key, label, pointer: `/${key}`, required: false, element, input, read, write,
    say(words) {
      error.hidden = !words;
      put(error, words);
    },
  };
}

/** Which people belong to it. */
export function membersField({ name: key, label, people, none }) {
  const boxes = new Map(people.map((person) => [person.id, el('input', { type: 'checkbox', value: person.id })]));
  const element = el('fieldset', { class: 'routing-set', 'data-field': key }, el('legend', {}, label),
    people.length ? el('div', { class: 'routing-list', tabindex: '-1' }, people.map((person) => el('label', { class: 'check' }, boxes.get(person.id), el('span', { class: 'grow' }, name(person.name)))))
      : el('p', { class: 'soft' }, none));
  return composed({
    key, label, element, input: boxes.values().next().value ?? element,
    read: () => [...boxes].filter(([, box]) => box.checked).map(([id]) => id),
    write: (ids) => { for (const [id, box] of boxes) box.checked = ids.includes(id); },
  });
}

/** Which business numbers somebody may see; none that is chosen means all. */
export function numbersField({ name: key, label, hint, numbers }) {
  const boxes = new Map(numbers.map((each) => [each.id, el('input', { type: 'checkbox', value: each.id })]));
  const element = el('fieldset', { class: 'routing-set', 'data-field': key }, el('legend', {}, label), el('p', { class: 'soft' }, hint),
    el('div', { class: 'routing-list', tabindex: '-1' }, numbers.map((each) => el('label', { class: 'check' }, boxes.get(each.id), el('span', { class: 'grow' }, each.display ?? each.id)))));
  return composed({
    key, label, element, input: boxes.values().next().value ?? element,
    read: () => [...boxes].filter(([, box]) => box.checked).map(([id]) => id),
    write: (ids) => { for (const [id, box] of boxes) box.checked = (ids ?? []).includes(id); },
  });
}

/** Which conversations come here: rules one below the other. */
export function rulesField({ name: key, label, hint, labels, numbers }) {
  const rows = el('div', { class: 'routing-set' });
  const add = button(t('queues.ruleAdd'), { kind: 'small', picture: 'plus', 'data-act': 'rule-add', act: () => {
    const made = row({});
    rows.append(made.element);
    list.push(made);
    made.element.querySelector('input')?.focus();
  } });
  let list = [];
  const element = el('fieldset', { class: 'routing-set', 'data-field': key }, el('legend', {}, label), el('p', { class: 'soft' }, hint), rows, el('div', { class: 'row' }, add));

  function row(rule) {
    const group = (words, options, chosen) => {
      const boxes = options.map(([value, shown]) => [value, el('input', { type: 'checkbox', checked: (chosen ?? []).includes(value) }), shown]);
      return {
        element: boxes.length ? el('fieldset', { class: 'routing-set' }, el('legend', {}, words),
          el('div', { class: 'boxes' }, boxes.map(([, box, shown]) => el('label', { class: 'check' }, box, el('span', {}, shown))))) : null,
        read: () => boxes.filter(([, box]) => box.checked).map(([value]) => value),
      };
    };
    const why = group(t('queues.reasons'), reasons.map((reason) => [reason, t('queues.reason.' + reason)]), rule.reasons);
    const marks = group(t('queues.labels'), labels.map((each) => [each.id, name(each.name)]), rule.labels);
    const lines = group(t('queues.numbers'), numbers.map((each) => [each.id, each.display ?? each.id]), rule.numbers);
    const id = freshId('languages');
    const languages = el('input', { class: 'input', id, type: 'text', maxlength: 60, autocapitalize: 'off', spellcheck: 'false', value: (rule.languages ?? []).join(', ') });
    const made = {
      read: () => ({ reasons: why.read(), languages: split(languages.value), labels: marks.read(), numbers: lines.read() }),
      element: el('div', { class: 'routing-rule', role: 'group', 'aria-label': t('queues.rule') }, why.element,
        el('div', { class: 'field' }, el('label', { for: id }, t('queues.languages')), languages), lines.element, marks.element,
        el('div', { class: 'row' }, button(t('queues.ruleRemove'), { kind: 'small quiet', picture: 'trash', act: () => {
          list = list.filter((other) => other !== made);
          made.element.remove();
          add.focus();
        } }))),
    };
    return made;
  }

  return composed({
    key, label, element, input: add,
    read: () => list.map((each) => each.read()).filter((rule) => Object.values(rule).some((words) => words.length))
      .map((rule) => Object.fromEntries(Object.entries(rule).filter(([, words]) => words.length))),
    write: (rules) => {
      list = (rules ?? []).map(row);
      put(rows, list.map((each) => each.element));
    },
  });
}
