// The text of a canned reply: words, and variables in braces such as {customer.name}. The same
// rules as the stage's: a brace that begins no variable is a brace.

const pattern = /\{([a-z_]+\.[a-z_]+)\}/g;

/** What texts may name; there are no others. */
export const variables = ['customer.name', 'customer.phone', 'agent.name', 'business.name'];

/** The parts of a text, in order: `{ words }` or `{ variable }`. */
export function parts(text) {
  const list = [];
  let end = 0;
  for (const found of text.matchAll(pattern)) {
    if (found.index > end) list.push({ words: text.slice(end, found.index) });
    list.push({ variable: found[1] });
    end = found.index + found[0].length;
  }
  if (end < text.length) list.push({ words: text.slice(end) });
  return list;
}

/**
 * Fills a text in: `values` by the names of variables. Gives `{ text, missing }`; as long as
 * something is missing, it is not to be sent.
 */
export function fill(text, values) {
  const missing = new Set();
  const filled = parts(text).map((part) => {
    if (part.words !== undefined) return part.words;
    const value = variables.includes(part.variable) ? values[part.variable] : '';
    if (value) return value;
    missing.add(part.variable);
    return `{${part.variable}}`;
  }).join('');
  return { text: filled, missing: [...missing] };
}
