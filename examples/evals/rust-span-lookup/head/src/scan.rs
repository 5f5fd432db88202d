use crate::span::Span;

/// The words of a text: letters, digits and underscores.
pub fn words(text: &str) -> Vec<Span> {
    let chars: Vec<char> = text.chars().collect();
    let mut spans = Vec::new();
    let mut start = 0;
    while start < chars.len() {
        let length = chars[start..].iter().take_while(|&&c| c.is_alphanumeric() || c == '_').count();
        if length > 0 {
            spans.push(Span { start, end: start + length });
        }
        start += length + 1; // the character after a word is none of a word
    }
    spans
}
