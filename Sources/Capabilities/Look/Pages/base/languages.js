// The languages of the console. One more is one more file, `words/CODE.js`, and one more line here.

/** Each language's own name, and its direction where that is not from left to right. */
export const languages = {
  en: { name: 'English' },
  es: { name: 'Español' },
};

/** Where the words of a language are. */
export const files = {
  en: () => import('../words/en.js'),
  es: () => import('../words/es.js'),
};
