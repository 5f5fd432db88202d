pub mod keys;
pub mod notes;
pub mod tag;
