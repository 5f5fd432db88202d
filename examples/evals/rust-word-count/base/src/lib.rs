pub mod count;
pub mod top;
