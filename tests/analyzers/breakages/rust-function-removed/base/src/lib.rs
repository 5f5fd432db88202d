pub mod limits;
pub mod check;
