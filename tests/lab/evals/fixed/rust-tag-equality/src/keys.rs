//! How our types behave as keys of maps and sets.

use crate::tag::Tag;
use std::hash::{Hash, Hasher};

impl Hash for Tag {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text().to_ascii_lowercase().hash(state);
    }
}
