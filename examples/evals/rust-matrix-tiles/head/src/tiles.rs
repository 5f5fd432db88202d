use crate::grid::Grid;

/// The sums of all tiles of `size` by `size` cells, row by row. Tiles at the right and lower edge may be smaller.
pub fn tile_sums(grid: &Grid, size: usize) -> Vec<u64> {
    assert!(size > 0, "tiles of size 0");
    let across = grid.width.div_ceil(size);
    let down = grid.height.div_ceil(size);
    let mut sums = vec![0u64; across * down];
    for (y, row) in grid.rows().enumerate() {
        let line = &mut sums[y / size * across..][..across]; // the tiles that this row goes through
        for (sum, cells) in line.iter_mut().zip(row.chunks(size)) {
            *sum += cells.iter().map(|&cell| u64::from(cell)).sum::<u64>();
        }
    }
    sums
}
