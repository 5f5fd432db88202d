pub mod config;

pub use config::{parse, Error, Sections};
