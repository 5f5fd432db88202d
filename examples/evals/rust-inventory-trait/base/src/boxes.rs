use crate::storage::Storage;

/// Items in boxes of equal size, the last one maybe opened.
pub struct Boxes {
    pub name: String,
    pub per_box: u32,
    pub full: u32,
    pub loose: u32,
}

impl Storage for Boxes {
    fn name(&self) -> &str {
        &self.name
    }

    fn count(&self) -> u32 {
        self.full * self.per_box + self.loose
    }

    fn take_one(&mut self) -> bool {
        if self.loose == 0 {
            if self.full == 0 {
                return false;
            }
            self.full -= 1;
            self.loose = self.per_box;
        }
        self.loose -= 1;
        true
    }
}
