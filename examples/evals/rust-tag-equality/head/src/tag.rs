/// A tag as it was written first. `Rust` and `rust` are the same tag.
#[derive(Debug, Clone)]
pub struct Tag {
    text: String,
}

impl Tag {
    /// None for what cannot be a tag: nothing, or something with spaces.
    pub fn new(text: &str) -> Option<Tag> {
        let text = text.trim();
        if text.is_empty() || text.contains(char::is_whitespace) {
            return None;
        }
        Some(Tag { text: text.to_string() })
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    pub fn starts_with(&self, prefix: &str) -> bool {
        let length = prefix.len();
        self.text.get(..length).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    }
}

impl PartialEq for Tag {
    fn eq(&self, other: &Tag) -> bool {
        self.text.eq_ignore_ascii_case(&other.text)
    }
}

impl Eq for Tag {}
