use crate::span::Span;

/// What a span covers.
pub fn excerpt(text: &str, span: Span) -> &str {
    let at = |count: usize| text.char_indices().nth(count).map_or(text.len(), |(index, _)| index);
    &text[at(span.start)..at(span.end)]
}
