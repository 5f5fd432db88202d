pub mod grid;
pub mod tiles;
