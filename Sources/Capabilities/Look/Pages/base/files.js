// Files that a page gives to whoever is in front of it.

/** How long a file is kept for the browser to take it, in milliseconds. */
const kept = 60_000;

/** Saves bytes (a Blob) or a text as a file of a name. */
export function saveFile(name, content) {
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), kept);
}
