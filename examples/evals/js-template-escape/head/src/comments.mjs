import { html } from "./html.mjs";

export function comment(data) {
  return article(data).toString();
}

export function list(comments) {
  if (comments.length === 0) {
    return "<p>No comments yet.</p>";
  }
  return html`<section>${comments.map(article)}</section>`.toString();
}

function article({ author, text, url }) {
  const name = url ? html`<a rel="nofollow ugc" href="${safeUrl(url)}">${author}</a>` : author;
  return html`<article><h3>${name}</h3><p>${text}</p></article>`;
}

function safeUrl(url) {
  return /^https?:\/\//i.test(url) ? url : "#";
}
