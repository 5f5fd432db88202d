pub struct Grid {
    pub width: usize,
    pub height: usize,
    pub cells: Vec<u32>,
}

impl Grid {
    pub fn new(width: usize, cells: Vec<u32>) -> Option<Grid> {
        if width == 0 || cells.is_empty() || cells.len() % width != 0 {
            return None;
        }
        Some(Grid { width, height: cells.len() / width, cells })
    }

    pub fn at(&self, x: usize, y: usize) -> u32 {
        self.cells[y * self.width + x]
    }
}
