import { escape } from "./html.mjs";

export function comment({ author, text, url }) {
  const name = url ? `<a rel="nofollow ugc" href="${escape(safeUrl(url))}">${escape(author)}</a>` : escape(author);
  return `<article><h3>${name}</h3><p>${escape(text)}</p></article>`;
}

export function list(comments) {
  if (comments.length === 0) {
    return "<p>No comments yet.</p>";
  }
  return `<section>${comments.map(comment).join("")}</section>`;
}

function safeUrl(url) {
  return /^https?:\/\//i.test(url) ? url : "#";
}
