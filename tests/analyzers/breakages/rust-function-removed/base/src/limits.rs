pub fn max() -> u32 {
    10
}

pub fn min() -> u32 {
    1
}
