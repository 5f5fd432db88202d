use crate::span::Span;

/// The words of a text: letters, digits and underscores.
pub fn words(text: &str) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut start = None;
    for (index, c) in text.char_indices() {
        let inside = c.is_alphanumeric() || c == '_';
        match (inside, start) {
            (true, None) => start = Some(index),
            (false, Some(begin)) => {
                spans.push(Span { start: begin, end: index });
                start = None;
            }
            _ => {}
        }
    }
    if let Some(begin) = start {
        spans.push(Span { start: begin, end: text.len() });
    }
    spans
}
