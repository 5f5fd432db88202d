/// A tag as it was written.
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
}

impl PartialEq for Tag {
    fn eq(&self, other: &Tag) -> bool {
        self.text == other.text
    }
}

impl Eq for Tag {}
