pub mod state;
pub mod door;
