// What a person chose for this browser; storage may be refused, then it lasts for this visit.

const visit = new Map();

/** A choice by its name, or null. */
export function choice(name) {
  if (visit.has(name)) return visit.get(name);
  try { return localStorage.getItem('parley.' + name); } catch { return null; }
}

/** Keeps a choice; null takes it back. */
export function choose(name, value) {
  visit.set(name, value);
  try {
    if (value === null) localStorage.removeItem('parley.' + name);
    else localStorage.setItem('parley.' + name, value);
  } catch { /* this visit only */ }
}
