use crate::tag::Tag;
use std::collections::HashMap;

#[derive(Default)]
pub struct Notes {
    by_tag: HashMap<Tag, Vec<String>>,
}

impl Notes {
    pub fn add(&mut self, tag: Tag, note: &str) {
        self.by_tag.entry(tag).or_default().push(note.to_string());
    }

    pub fn with(&self, tag: &Tag) -> &[String] {
        self.by_tag.get(tag).map_or(&[], Vec::as_slice)
    }

    /// The tags that begin so, by the alphabet.
    pub fn complete(&self, prefix: &str) -> Vec<&str> {
        let mut found: Vec<&str> =
            self.by_tag.keys().filter(|tag| tag.starts_with(prefix)).map(Tag::text).collect();
        found.sort_unstable();
        found
    }

    pub fn tags(&self) -> usize {
        self.by_tag.len()
    }
}
