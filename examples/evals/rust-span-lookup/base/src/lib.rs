pub mod excerpt;
pub mod message;
pub mod scan;
pub mod span;
