use std::borrow::Cow;
use std::collections::HashMap;

/// How often each word occurs, in lower case. Words that are written so already are borrowed from the text.
pub fn count(text: &str) -> HashMap<Cow<'_, str>, usize> {
    let mut counts = HashMap::new();
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        *counts.entry(lower(word)).or_insert(0) += 1;
    }
    counts
}

/// ASCII is looked at byte by byte; everything else takes the way that knows Unicode.
fn lower(word: &str) -> Cow<'_, str> {
    if !word.is_ascii() {
        return Cow::Owned(word.to_lowercase());
    }
    if word.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(word.to_ascii_lowercase())
    } else {
        Cow::Borrowed(word)
    }
}
