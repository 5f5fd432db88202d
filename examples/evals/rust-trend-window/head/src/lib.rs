pub mod series;
pub mod trend;

pub use trend::{moving_average, trend, Trend};
