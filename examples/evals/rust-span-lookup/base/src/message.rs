use crate::excerpt::excerpt;
use crate::span::Span;

/// A message about a part of one line, with a mark below it.
pub fn point_at(line: &str, span: Span, what: &str) -> String {
    let marks = "^".repeat(span.end - span.start);
    format!("{line}\n{}{marks} {what}: {}", " ".repeat(span.start), excerpt(line, span))
}
