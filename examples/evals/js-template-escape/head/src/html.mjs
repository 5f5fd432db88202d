const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

export function escape(text) {
  return String(text).replace(/[&<>"']/g, (character) => ENTITIES[character]);
}

/** Markup that is put into other markup as it is. Only `html` makes it. */
class Markup {
  #text;

  constructor(text) {
    this.#text = text;
  }

  toString() {
    return this.#text;
  }
}

/** A template tag: values are escaped unless they are markup themselves; lists are joined. */
export function html(strings, ...values) {
  return new Markup(strings.reduce((text, part, index) => text + render(values[index - 1]) + part));
}

function render(value) {
  if (Array.isArray(value)) {
    return value.map(render).join("");
  }
  return value instanceof Markup ? value.toString() : escape(value);
}
