use crate::grid::Grid;

/// The sums of all tiles of `size` by `size` cells, row by row. Tiles at the right and lower edge may be smaller.
pub fn tile_sums(grid: &Grid, size: usize) -> Vec<u64> {
    assert!(size > 0, "tiles of size 0");
    let mut sums = Vec::new();
    let mut top = 0;
    while top < grid.height {
        let mut left = 0;
        while left < grid.width {
            let mut sum = 0u64;
            for y in top..(top + size).min(grid.height) {
                for x in left..(left + size).min(grid.width) {
                    sum += grid.at(x, y) as u64;
                }
            }
            sums.push(sum);
            left += size;
        }
        top += size;
    }
    sums
}
