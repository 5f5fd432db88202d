use crate::limits::{max, min};

pub fn ok(n: u32) -> bool {
    n >= min() && n <= max()
}
