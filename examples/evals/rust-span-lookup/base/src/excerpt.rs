use crate::span::Span;

/// What a span covers.
pub fn excerpt(text: &str, span: Span) -> &str {
    &text[span.start..span.end]
}
