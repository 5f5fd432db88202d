pub const MOST: usize = 1 << 16;
