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

    pub fn tags(&self) -> usize {
        self.by_tag.len()
    }
}
