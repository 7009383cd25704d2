// The texts that the page handed to its script, by id. Makes up none.
const texts = JSON.parse(document.body.dataset.words);

export function t(id, params = {}) {
  if (!(id in texts)) throw new Error(`no text ${id}`);
  return texts[id].replace(/\{(\w+)\}/g, (_, name) => String(params[name]));
}
